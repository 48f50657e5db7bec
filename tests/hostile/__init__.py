"""Files that were written to hurt, what must be made of each, and the tests that hold the program against them."""
