"""What a diagnosis says: the document as values, its words, its files, and their verification. It computes nothing."""
