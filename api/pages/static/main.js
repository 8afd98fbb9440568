// The page works without script; this adds to it.
