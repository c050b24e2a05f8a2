"""English abbreviations and the words they stand for."""

from __future__ import annotations

TITLES = {
    "dr": "Doctor", "mr": "Mister", "mrs": "Missus", "ms": "Miz", "prof": "Professor", "rev": "Reverend",
    "hon": "Honorable", "gen": "General", "col": "Colonel", "capt": "Captain", "cpt": "Captain", "lt": "Lieutenant",
    "sgt": "Sergeant", "maj": "Major", "cmdr": "Commander", "adm": "Admiral", "gov": "Governor", "pres": "President",
    "sen": "Senator", "fr": "Father", "messrs": "Messers", "insp": "Inspector", "det": "Detective", "supt":
    "Superintendent", "st": "Saint", "mt": "Mount", "ft": "Fort",
}  # fmt: skip
PLACES = {
    "st": "Street",
    "ave": "Avenue",
    "rd": "Road",
    "blvd": "Boulevard",
    "ln": "Lane",
    "dr": "Drive",
    "sq": "Square",
}
GENERAL = {
    "etc": "et cetera", "vs": "versus", "approx": "approximately", "dept": "department", "est": "established",
    "jr": "Junior", "sr": "Senior", "inc": "Incorporated", "ltd": "Limited", "corp": "Corporation", "bros": "Brothers",
    "e.g": "for example", "i.e": "that is", "eg": "for example", "ie": "that is", "a.m": "A.M.", "p.m": "P.M.",
    "w/": "with", "w/o": "without", "b/c": "because",
}  # fmt: skip
BEFORE_NUMBERS = {
    "no": "number", "nos": "numbers", "vol": "volume", "ch": "chapter", "p": "page", "pp": "pages", "fig": "figure",
    "sec": "section", "art": "article", "ep": "episode", "op": "opus", "c": "circa", "ca": "circa", "apt": "apartment",
}  # fmt: skip
MONTHS = {
    "jan": "January", "feb": "February", "mar": "March", "apr": "April", "jun": "June", "jul": "July", "aug": "August",
    "sep": "September", "sept": "September", "oct": "October", "nov": "November", "dec": "December",
}  # fmt: skip
MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
DAYS = {
    "mon": "Monday", "tue": "Tuesday", "tues": "Tuesday", "wed": "Wednesday", "thu": "Thursday",
    "thurs": "Thursday", "fri": "Friday",
}  # fmt: skip
# unit: (one, several)
UNITS = {
    "km": ("kilometer", "kilometers"), "m": ("meter", "meters"), "cm": ("centimeter", "centimeters"),
    "mm": ("millimeter", "millimeters"), "mi": ("mile", "miles"), "ft": ("foot", "feet"), "in": ("inch", "inches"),
    "yd": ("yard", "yards"), "kg": ("kilogram", "kilograms"), "g": ("gram", "grams"), "mg": ("milligram", "milligrams"),
    "lb": ("pound", "pounds"), "lbs": ("pound", "pounds"), "oz": ("ounce", "ounces"), "l": ("liter", "liters"),
    "ml": ("milliliter", "milliliters"), "s": ("second", "seconds"), "ms": ("millisecond", "milliseconds"),
    "min": ("minute", "minutes"), "mins": ("minute", "minutes"), "h": ("hour", "hours"), "hr": ("hour", "hours"),
    "hrs": ("hour", "hours"), "hz": ("hertz", "hertz"), "khz": ("kilohertz", "kilohertz"),
    "mhz": ("megahertz", "megahertz"), "ghz": ("gigahertz", "gigahertz"), "db": ("decibel", "decibels"),
    "kb": ("kilobyte", "kilobytes"), "mb": ("megabyte", "megabytes"), "gb": ("gigabyte", "gigabytes"),
    "tb": ("terabyte", "terabytes"), "w": ("watt", "watts"), "kw": ("kilowatt", "kilowatts"), "v": ("volt", "volts"),
    "mph": ("mile per hour", "miles per hour"), "kph": ("kilometer per hour", "kilometers per hour"),
    "km/h": ("kilometer per hour", "kilometers per hour"), "m/s": ("meter per second", "meters per second"),
    "°c": ("degree Celsius", "degrees Celsius"), "°f": ("degree Fahrenheit", "degrees Fahrenheit"),
    "°": ("degree", "degrees"), "%": ("percent", "percent"), "px": ("pixel", "pixels"),
}  # fmt: skip
# sign: (one, several, hundredth, hundredths)
MONEY = {
    "$": ("dollar", "dollars", "cent", "cents"), "£": ("pound", "pounds", "penny", "pence"),
    "€": ("euro", "euros", "cent", "cents"), "¥": ("yen", "yen", "sen", "sen"),
    "₹": ("rupee", "rupees", "paisa", "paise"),
}  # fmt: skip
SCALES = {"k": "thousand", "m": "million", "bn": "billion", "b": "billion", "tn": "trillion"}
SCALE_WORDS = {"thousand", "million", "billion", "trillion"}
SYMBOLS = {
    "&": "and", "+": "plus", "=": "equals", "%": "percent", "@": "at", "/": "slash", "<": "less than",
    ">": "greater than", "×": "times", "÷": "divided by", "±": "plus or minus", "°": "degrees", "§": "section",
    "©": "copyright", "®": "", "™": "", "€": "euros", "£": "pounds", "$": "dollars", "½": "one half",
    "¼": "one quarter", "¾": "three quarters", "⅓": "one third", "⅔": "two thirds", "π": "pi", "α": "alpha",
    "β": "beta", "γ": "gamma", "λ": "lambda", "μ": "mu", "ω": "omega", "δ": "delta", "∞": "infinity", "→": "to",
    "≈": "about", "№": "number", "\\": "backslash", "^": "caret", "|": "", "c#": "C sharp",
    "c++": "C plus plus",
}  # fmt: skip
KINGS = {
    "henry", "louis", "charles", "george", "edward", "richard", "william", "james", "john", "elizabeth",
    "philip", "pope", "paul", "pius", "benedict", "napoleon", "alexander", "nicholas", "catherine", "mary",
    "francis",
}  # fmt: skip
NUMBERED = {
    "chapter", "part", "act", "scene", "book", "volume", "war", "section", "article", "phase", "type",
    "episode", "stage", "level", "class", "figure", "appendix", "bowl", "rocky", "canto",
}  # fmt: skip
# What capitals spell, and short words that capitals only stress.
ACRONYMS = frozenset({
    "FBI", "CIA", "NASA", "NATO", "USA", "UK", "US", "EU", "UN", "TV", "DVD", "CD", "PC", "BBC", "NBC", "CNN",
    "AI", "NHS", "MP", "MI5", "GPS", "ID", "SOS", "UFO", "HIV", "AIDS", "DNA", "RNA", "CEO", "PR", "HQ", "RAF",
    "USB", "WWII", "VIP", "ATM", "DJ", "LA", "NYC", "PhD", "SUV", "AD", "BC", "BCE", "CE", "RSVP", "FAQ", "URL",
    "HTML", "GPU", "CPU", "IQ", "TNT",
})  # fmt: skip
STRESSED = frozenset({
    "a", "all", "am", "an", "and", "any", "are", "as", "at", "be", "big", "but", "by", "can", "come", "did",
    "do", "dont", "down", "for", "from", "get", "go", "good", "had", "has", "have", "he", "her", "here", "him",
    "his", "how", "i", "if", "in", "is", "it", "its", "just", "know", "left", "let", "like", "look", "love",
    "man", "me", "more", "move", "my", "need", "never", "no", "not", "now", "of", "off", "oh", "ok", "on",
    "one", "or", "our", "out", "over", "please", "real", "really", "right", "run", "said", "say", "see", "she",
    "so", "some", "stay", "stop", "take", "tell", "that", "the", "their", "them", "then", "there", "they",
    "this", "time", "to", "too", "two", "up", "very", "wait", "want", "was", "way", "we", "were", "what",
    "when", "where", "who", "why", "will", "with", "yes", "you", "your",
})  # fmt: skip
