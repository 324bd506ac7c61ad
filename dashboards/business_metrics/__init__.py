"""What do people get out of DataFlux?"""

from kit.draw.page import PageSet

pages = PageSet("Business Metrics", landing="business", order=3)
