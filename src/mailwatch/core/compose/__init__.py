"""Decision + debrief → Draft: slots, sentence banks, MIME."""
