"""The six verbs: read, call the core, write. The only place that knows files and runs."""
