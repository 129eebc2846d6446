"""Words, titles and sentences to make notes of. The same random source gives the same ones."""

from random import Random

_TEXT = """
able about across after again against air along amber ancient answer apple arch argue ask autumn bank barley
basic beam before begin bell better between bird blue board boat bold book border both bottle branch bread
bridge bright bring brook brown build butter cabin call candle careful carry cause cedar chain chair change
chart cheese clay clean clear climb clock cloth cloud coal coast cold common copper corn cost cotton count
craft cream cross crown dairy dark dawn deep desk dinner distant draw dream dry dust early earth east edge
engine even every fabric fair fall farm feather field fine fire first fish flat flax floor flour flow forest
form frame fresh frost fruit full garden gate gentle glass gold grain grass great green ground grow guide
hammer harbor harvest heat heavy hedge high hill hollow honey house idea iron island ivory join keep kettle
kitchen ladder lake lamp large late leaf learn leather letter level light linen list little long loom low
maple market meadow measure melt mend metal mild milk mill mineral mirror mix moon morning moss mountain
narrow near needle never night north number oak oat ocean often oil old open orchard order other oven own
page paint paper part pasture path pear pepper piece pine plain plant plough pond potter press price proof
quiet quick rain raw ready red reed rest rice ridge ring ripe river road roof root rope rough round rye salt
sand scale season seed shade shape share sharp shelf shell shore short silver simple slow small smoke snow
soap soft soil song south spice spring stable steam steel still stone store storm straw stream street strong
sugar summer table tall thick thin thread through tide timber tool tower trade train tree turn under valley
vessel village wagon walk wall warm water wave wax weave weight west wheat wheel white wide willow wind
window winter wood wool work yard year yeast yellow young
"""
_WORDS = _TEXT.split()

_PLACES = ("over", "under", "with", "without", "beside", "behind", "for", "from", "and", "while", "because")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def title(random: Random) -> str:
    """Two to five words, the first with a capital: `Harvest of cold water`."""
    words = random.sample(_WORDS, random.choice((2, 3, 3, 4, 5)))
    if len(words) > 3:
        words.insert(2, "of")
    return " ".join(words).capitalize()


def slug(text: str) -> str:
    """The title as a file name: `harvest_of_cold_water`."""
    return text.lower().replace(" ", "_")


def phrase(random: Random) -> str:
    """One to three words."""
    return " ".join(random.choices(_WORDS, k=random.choice((1, 2, 2, 3))))


def sentences(random: Random, number: int) -> list[str]:
    """So many sentences of 8 to 24 words, without the final stop."""
    made = []
    for _ in range(number):
        words = random.choices(_WORDS, k=random.randint(8, 24))
        words[len(words) // 2] = random.choice(_PLACES)
        if random.random() < 0.2:
            words[3] += ","
        made.append(" ".join(words).capitalize())
    return made


def video_id(random: Random) -> str:
    """Eleven characters, as a video site gives them."""
    return "".join(random.choices(_LETTERS, k=11))
