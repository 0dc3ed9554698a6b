"""Small drawings for buttons, in the colour of the text around them."""

PATHS = {
    "up": "M7 10v10H4V10zM7 10l4-7c1.5 0 2.5 1 2.2 2.6L12.5 9H19a2 2 0 0 1 2 2.4l-1.3 7A2 2 0 0 1 "
    "17.7 20H7",
    "down": "M7 14V4H4v10zM7 14l4 7c1.5 0 2.5-1 2.2-2.6L12.5 15H19a2 2 0 0 0 2-2.4l-1.3-7A2 2 0 0 "
    "0 17.7 4H7",
    "retry": "M4 12a8 8 0 1 0 2.6-5.9M4 4v5h5",
    "undo": "M9 14 4 9l5-5M4 9h10a6 6 0 0 1 0 12h-3",
    "copy": "M9 9h11v11H9zM5 15H4V4h11v1",
    "article": "M5 3h11l3 3v15H5zM8 8h8M8 12h8M8 16h5",
    "close": "M6 6l12 12M18 6 6 18",
    "previous": "M6 15l6-6 6 6",
    "next": "M6 9l6 6 6-6",
    "new": "M12 5v14M5 12h14",
    "export": "M12 4v11M7 11l5 5 5-5M5 20h14",
    "remove": "M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5",
    "send": "M12 19V6M6 11l6-6 6 6",
    "stop": "M7 7h10v10H7z",
    "theme": "M12 3a9 9 0 1 0 0 18zM12 3a9 9 0 0 1 0 18",
    "upload": "M12 16V5M7 9l5-5 5 5M5 20h14",
}


def icon(name: str) -> str:
    """A drawing by name, which a screen reader passes over."""
    return (
        '<svg class="icon" viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" '
        f'focusable="false"><path d="{PATHS[name]}"/></svg>'
    )
