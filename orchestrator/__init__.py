"""Plans, binds, runs, times, mixes and exports; the command line stands on top."""
