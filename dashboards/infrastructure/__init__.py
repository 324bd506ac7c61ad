"""What does everything run on, and how is that?"""

from kit.draw.page import PageSet

pages = PageSet("Infrastructure", landing="infrastructure", order=4)
