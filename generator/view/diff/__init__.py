"""What a change means: two builds compared by what they say, not by their lines."""
