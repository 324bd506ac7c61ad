"""Is the system healthy, and if not, where?"""

from kit.draw.page import PageSet

pages = PageSet("System Overview", landing="overview", order=1)
