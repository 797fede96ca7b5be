"""What a study is, as values: no database, no request, no clock."""
