"""That mailwatch can't send, shown from outside: requests made up by the thousand, and sending planted into a copy."""
