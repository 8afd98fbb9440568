"""Pictures: `caspian plot`, maps on pages, and their one palette."""
