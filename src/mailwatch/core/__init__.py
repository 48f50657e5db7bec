"""Pure functions from records to records: no clock, network, file, database, logging or randomness."""
