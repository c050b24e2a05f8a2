"""Voices from the names of characters: gender and age as far as a name tells, and a description to cast by."""

# ruff: noqa: E501 - lists of words
from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Literal

from soundwright.scripts_compiler.importers.common import MAX_NAME_CHARS, NARRATOR, NARRATOR_DESCRIPTION

Gender = Literal["male", "female"]
Age = Literal["child", "young", "adult", "old"]


def _words_of(text: str) -> frozenset[str]:
    return frozenset(text.split())


_FEMALE_WORDS = _words_of("""woman women lady girl mother mom mum mommy mummy mama grandmother grandma granny nana aunt auntie
 sister daughter wife widow bride queen princess duchess countess empress baroness miss mrs ms madam madame
 mademoiselle waitress actress hostess stewardess nun witch goddess heroine landlady barmaid maid nurse she frau
 fräulein mutter oma tochter schwester tante königin hexe mädchen femme fille mère soeur reine dame señora señorita
 signora donna she-wolf mermaid priestess sorceress schoolgirl businesswoman policewoman spokeswoman anchorwoman
 chairwoman saleswoman fisherwoman girlfriend""")
_MALE_WORDS = _words_of("""man men gentleman boy father dad daddy papa grandfather grandpa grandad uncle brother son husband
 widower groom king prince duke count emperor baron mr mister sir lord waiter actor host steward monk wizard god
 landlord barman butler priest friar bishop pope he herr vater opa sohn bruder onkel könig junge homme garçon père
 frère roi monsieur señor signor signore policeman fireman postman fisherman businessman spokesman anchorman chairman
 salesman schoolboy cowboy milkman seaman guy bloke lad captain sergeant colonel general admiral sailor keeper
 lighthousekeeper blacksmith knight boyfriend sorcerer merman lieutenant skipper inspector""")
_HONORIFICS = _words_of(
    "mr mrs ms miss mister sir madam madame monsieur mademoiselle herr frau señor señora signor signora"
)
_OLD_WORDS = _words_of(
    "old elderly ancient aged grandmother grandma granny grandfather grandpa grandad oma opa elder senior crone"
)
_CHILD_WORDS = _words_of(
    "child kid boy girl little baby toddler schoolboy schoolgirl kind enfant niño niña son daughter tiny"
)
_YOUNG_WORDS = _words_of("young teen teenager teenage student youth bride groom lad princess prince apprentice")
_FEMALE_NAMES = _words_of("""abigail ada amara ines inez adele agatha agnes alexandra alice alicia alina alison amanda amelia amy ana anastasia andrea
 angela anita ann anna annabel anne annie antonia april ariel astrid audrey aurora ava barbara beatrice bella bertha beth betty bianca bonnie
 brenda bridget camille carla carmen carol caroline catherine cecilia celia charlotte chiara chloe christina christine claire clara claudia
 clementine colette cora cordelia cynthia daisy dana daniela daphne deborah delia diana diane dora doris dorothy edith eileen elaine eleanor
 elena elisa elisabeth eliza elizabeth ella ellen ellie elsa elsie emilia emily emma erica erika esther eva eve evelyn faith fatima fiona
 flora florence frances francesca freya frida gabriela gemma georgia gertrude gina ginny giulia gloria grace greta gretel gwen hanna hannah
 harriet hazel heather hedda heidi helen helena helene henrietta hilda hope ida ingrid irene iris irma isabel isabella isabelle isla ivy jane
 janet jasmine jean jeanne jenna jennifer jenny jessica jill joan joanna josephine joy judith judy julia juliana julie juliet june karen karin
 kate katherine kathleen kathy katie katrin kim kira kirsten lara laura lea leah leila lena leonora lily linda lisa liz lizzie lola louisa
 louise lucia lucy luisa lydia mabel madeleine maggie maisie mara margaret margot maria marianne marie marilyn marina marlene martha mary
 matilda maud maureen maya megan mei melanie melissa mia michelle mildred millie mina minerva miranda miriam molly mona monica muriel nadia
 nancy naomi natalia natalie natasha nell nellie nicole nina nora norma odette olga olive olivia ophelia paige pamela patricia paula pauline
 penelope penny petra phoebe pia polly portia priya prudence rachel rebecca regina renata rhoda rita roberta rosa rosalind rose rosemary
 rosie roxanne ruby ruth sabine sabrina sally samantha sandra sara sarah scarlett selma serena sharon sheila shirley sibyl sigrid silvia
 simone sofia sonia sophia sophie stella stephanie susan susanna susie suzanne sylvia tamara tanya tara tatiana teresa tess tessa thea
 theresa tilda tina tracy trudy una ursula valentina valerie vanessa vera verity veronica victoria viola violet virginia vivian wanda wendy
 wilhelmina winifred xenia yara yasmin yolanda yuki yvonne zelda zoe zoya""")
_MALE_NAMES = _words_of("""aaron abdul abel abraham adam adrian ahmed alan albert aldo alec alejandro alessandro alex alexander alfred ali
 allan alvin ambrose amir andre andreas andrei andrew angelo angus anthony anton antonio archie arnold arthur arturo austin barnaby barry
 bart basil ben benedict benjamin bernard bill billy björn bob bobby boris brad brandon brendan brian bruce bruno byron caleb calvin carl
 carlo carlos caspar cecil cedric charles charlie chester chris christian christoph christopher claude clement clifford clive colin conrad
 craig cyril damian dan daniel danny dario darren dave david dean dennis derek desmond dexter diego dieter dimitri dirk dmitri dominic don
 donald douglas dracula duncan dylan earl eddie edgar edmund eduardo edward edwin eli elias elliot emil emilio eric erik ernest ernst ethan
 eugene evan ezra fabian felipe felix ferdinand fergus fernando finn floyd francesco francis francisco frank franz fred frederick friedrich
 fritz gabriel gareth gary gaston gavin geoffrey george gerald gerard gilbert giles giorgio giovanni glenn gordon graham grant greg gregory
 gunther gus gustav guy hal hamlet hank hannibal hans hansel harold harry harvey hassan hector heinrich helmut henri henrik henry herbert
 herman horace horatio howard hubert hugh hugo humphrey ian ibrahim igor ike ira isaac ivan ivo jack jacob jacques jake jamal james jamie
 jan jared jason jasper javier jay jeff jeffrey jens jeremy jerome jerry jesse jim jimmy joachim joe joel johan johann john johnny jon jonas
 jonathan jorge jose josef joseph joshua juan jude julian julio julius justin kai karl keith ken kenji kenneth kent kevin klaus konrad kurt
 kyle lance lars laurence lawrence leander len leo leon leonard leroy leslie lester lewis liam linus lionel lloyd logan lorenzo louis luca
 lucas lucian ludwig luigi luis luke magnus malcolm manuel marc marcel marco marcus mario mark markus marlow martin marvin mason mateo
 matthew matthias maurice max maximilian melvin merlin michael michel miguel mike milan miles milo mohammed moritz morris moses murray
 nathan nathaniel neil nelson neville niccolo nicholas nick nicolas nigel niklas nils noah noel norman oleg oliver olivier omar orlando
 oscar oskar osman oswald otis otto owen pablo paolo patrick paul pavel pedro percy perry pete peter phil philip philipp pierre pietro
 quentin rainer ralph ramon randolph raphael rashid ray raymond reginald rene rex ricardo richard rick robert roberto robin rodney roger
 roland roman romeo ron ronald rory ross roy rudolf rufus rupert russell ryan salvador sam samir samson samuel sandro santiago saul scott
 sean sebastian sergei seth shane sherlock sidney siegfried sigmund silas simon solomon spencer stan stanley stefan stephen steve steven
 stuart sven tarik ted terence terry theo theodor theodore thomas tim timothy titus tobias toby tom tommy tony travis trevor tristan tyler
 ulrich umberto uwe victor viktor vincent vito vittorio vladimir wallace walter warren watson wayne werner wilbur wilfred wilhelm will
 william winston wolfgang yannick yuri yusuf zachary zeno""")
_ROLES = {
    "narrator": NARRATOR_DESCRIPTION, "storyteller": NARRATOR_DESCRIPTION, "erzähler": NARRATOR_DESCRIPTION,
    "announcer": "clear announcer, bright and brisk", "anchor": "news anchor, clear and composed",
    "newscaster": "news anchor, clear and composed", "presenter": "presenter, clear and friendly",
    "host": "radio host, warm and lively", "reporter": "reporter, quick and clear",
    "correspondent": "reporter, quick and clear", "robot": "robot, even and exact", "computer": "computer voice, even and exact",
    "android": "robot, even and exact", "ghost": "ghost, hollow and slow", "spirit": "ghost, hollow and slow",
    "witch": "sly and crackling", "captain": "firm and commanding", "king": "deep and grave",
    "queen": "proud and clear", "detective": "dry and watchful", "inspector": "dry and watchful",
    "doctor": "calm and precise", "professor": "learned, calm and precise", "scientist": "eager and precise",
    "expert": "learned, calm and precise", "teacher": "patient and clear", "priest": "solemn and gentle",
    "soldier": "hard and short of breath", "pilot": "calm, over the noise of a machine", "keeper": "gravelly and slow",
    "monster": "very deep and rough", "dragon": "very deep and rough", "giant": "very deep and slow", "fairy": "light and bright",
}  # fmt: skip


def gender_of(name: str) -> Gender | None:
    """The gender that a character's name tells, or None."""
    words = _words(name)
    for word in words:
        if word in _FEMALE_WORDS:
            return "female"
        if word in _MALE_WORDS:
            return "male"
    for word in words:
        bare = _bare(word)
        if bare in _FEMALE_NAMES:
            return "female"
        if bare in _MALE_NAMES:
            return "male"
    return None


def age_of(name: str) -> Age | None:
    """The age that a character's name tells, or None: ``Old Man``, ``Little Girl``, ``Young Ann``."""
    words = _words(name)
    for listed, age in ((_OLD_WORDS, "old"), (_YOUNG_WORDS, "young"), (_CHILD_WORDS, "child")):
        if any(word in listed for word in words):
            return _AGES[age]
    return None


_AGES: dict[str, Age] = {"old": "old", "young": "young", "child": "child"}


def voice_for(name: str) -> dict[str, object]:
    """A voice, as plain script data, for a character of this name."""
    gender, age = gender_of(name), age_of(name)
    voice: dict[str, object] = {"name": name[:MAX_NAME_CHARS], "description": _description(name, gender, age)}
    if gender is not None:
        voice["gender"] = gender
    if age is not None:
        voice["age"] = age
    return voice


def voices_for(names: Iterable[str]) -> list[dict[str, object]]:
    """Voices in the order of ``names``."""
    return [voice_for(name) for name in names]


def _description(name: str, gender: Gender | None, age: Age | None) -> str:
    words = _words(name)
    role = next((_ROLES[w] for w in words if w in _ROLES), "")
    person = _person(gender, age)
    if name.casefold() == NARRATOR.casefold():
        return NARRATOR_DESCRIPTION
    if role:
        return f"{person}, {role}" if gender or age else role
    known = {_bare(w) for w in words} & (_FEMALE_NAMES | _MALE_NAMES)
    said = " ".join(w for w in words if w not in person.split())[:200]
    known |= _HONORIFICS.intersection(words)
    return person if known or not said else f"{person}, {said}"


def _person(gender: Gender | None, age: Age | None) -> str:
    if age == "child":
        return {"male": "boy", "female": "girl"}.get(gender or "", "child")
    noun = {"male": "man", "female": "woman"}.get(gender or "", "person")
    return f"{age} {noun}" if age in ("old", "young") else noun


def _words(name: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", name.lower())


def _bare(word: str) -> str:
    """The word without accents, as the lists of given names are written."""
    return "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
