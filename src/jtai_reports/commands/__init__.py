"""The commands of `jtai`: each module adds one (or a close pair) with its options and what it does."""
