"""How do the parts of the application perform?"""

from kit.draw.page import PageSet

pages = PageSet("Application Metrics", landing="application", order=2)
