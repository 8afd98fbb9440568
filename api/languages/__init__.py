"""The six languages: which one is wanted, catalogues of messages, names and numbers in each."""
