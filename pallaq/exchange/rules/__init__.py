"""Pure decisions about plans as files."""
