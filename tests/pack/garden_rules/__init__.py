"""Rules for notes on a garden."""
