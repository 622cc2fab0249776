"""List groups of related words, chosen by meaning before any vector was trained.

What: everyday English words in thirteen groups; `present` selects those that a text uses often
enough. How they were chosen: from a list of the texts' words and counts, by the first sense in a
dictionary; common words of the same kind were added, also those that no text here uses. No word was
dropped or moved after a vector had been seen. `TUNING` has the groups on which the settings of the
word vectors were tuned. `JUDGED` has those on which the journal's claim is judged: the ones that
the learner's log is about, which nobody looked at while tuning. Source: none. Left out: a second
group for a word with two senses (orange is only a colour, fish only an animal); grammar.
"""

from collections.abc import Mapping

JUDGED: dict[str, tuple[str, ...]] = {
    "animals": tuple(
        """animal animals ape beast beasts bird birds bull calf camel cat cats chicken
        chickens cow cows crab dog dogs donkey duck ducks fish fishes fox frog goat goats
        goose geese gull gulls hen hens horse horses kitten lamb lion monkey mice mouse
        mule ox owl parrot parrots pig pigs pony puppy rabbit rat rats sheep snake swan
        wolf worm""".split()
    ),
    "colours": tuple(
        """black blue brown crimson gold green grey orange pink purple red scarlet silver
        violet white yellow""".split()
    ),
    "foods": tuple(
        """apple apples bacon bean beans biscuit biscuits bread breakfast broth butter
        cabbage cake cakes carrot carrots cheese cheeses cream dinner egg eggs flour fruit
        ginger honey jam loaf loaves meat milk onion onions pea peas pepper pie porridge
        potato potatoes pudding rice salt sausage soup stew sugar supper tea toast turnip""".split()
    ),
    "trades": tuple(
        """advocate baker bakers barber blacksmith butcher captain carpenter clerk clerks
        constable constables cook cooper doctor engineer farmer farmers fisherman gardener
        grocer judge keeper lawyer mayor merchant merchants miller minister nurse painter
        pilot porter porters postmaster professor psychologist registrar sailor sailors
        scholar shepherd smith soldier soldiers steward steward-general tailor teacher
        trader traders under-steward weaver""".split()
    ),
    "ship": tuple(
        """anchor berth bridge bulkhead bunk cabin deck decks engine engines galley hatch
        helm hull keel locker mast masts rail rigging rudder sail sails stern wheelhouse
        winch""".split()
    ),
}

TUNING: dict[str, tuple[str, ...]] = {
    "body": tuple(
        """ankle arm arms beard blood bone bones cheek chest chin ear ears elbow elbows
        eye eyebrows eyes face feet finger fingers fist foot hair hand hands head heads
        heart heel heels knee knees leg legs lip lips mouth neck nose palm shoulder
        shoulders skin stomach teeth throat thumb thumbs toe toes tongue tooth wrist""".split()
    ),
    "numbers": tuple(
        """one two three four five six seven eight nine ten eleven twelve thirteen
        fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty
        sixty seventy eighty ninety hundred thousand million zero nought""".split()
    ),
    "times": tuple(
        """afternoon autumn century centuries dawn day days dusk evening evenings hour
        hours midnight minute minutes moment month months morning mornings night nights
        noon season summer week weeks winter year years""".split()
    ),
    "weekdays": ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
    "clothes": tuple(
        """apron belt boot boots cap cloak coat coats collar dress glove gloves gown
        handkerchief hat hats hood jacket jersey robe scarf shawl shirt shoe shoes skirt
        sleeve sleeves sock socks stocking stockings trousers uniform waistcoat""".split()
    ),
    "kin": tuple(
        """aunt brother brothers cousin daughter daughters father grandfather grandmother
        husband mother nephew niece parents sister sisters son sons uncle wife""".split()
    ),
    "weather": tuple(
        """breeze cloud clouds fog frost gust hail ice lightning mist rain snow storm sun
        sunshine thunder wind winds""".split()
    ),
    "writing": tuple(
        """alphabet book books chalk chapter column columns index ink letter letters line
        lines list note notebook notes number numbers page pages paper papers pen pencil
        quill sentence sentences slate volume volumes word words""".split()
    ),
}


def present(
    groups: Mapping[str, tuple[str, ...]], counts: Mapping[str, int], minimum: int
) -> dict[str, list[str]]:
    """Select the words that a text uses often enough, in the groups that have two or more of them.

    groups: name -> words; counts: word -> how often it occurs; minimum: how often it must

    >>> groups = {"colours": ("blue", "red", "pink"), "kin": ("aunt",)}
    >>> present(groups, {"blue": 9, "red": 5, "aunt": 7}, minimum=5)
    {'colours': ['blue', 'red']}
    """
    frequent = {
        name: [word for word in words if counts.get(word, 0) >= minimum]
        for name, words in groups.items()
    }
    return {name: words for name, words in frequent.items() if len(words) >= 2}
