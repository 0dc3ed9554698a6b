"""What Kutip's two training commands share: settings, steps, checkpoints."""
