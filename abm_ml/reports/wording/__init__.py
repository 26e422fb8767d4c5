"""The words of the pages, room by room: each text as (English, Simplified Chinese)."""
