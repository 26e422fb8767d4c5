"""Commands of `abm`, by what they are about; each calls one workflow."""
