"""Fuzzing: bytes that nobody would write, thrown at the parts that read what others wrote."""
