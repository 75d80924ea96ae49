"""What every language shares in which a brand promises to come back. All patterns are for small letters."""

from __future__ import annotations

#: What may stand between two words of a clause, many or few.
ANY = r"(?:[^,.?!;:]|(?<=\d)[.:](?=\d))"
SOME, FEW = rf"{ANY}{{0,80}}?", rf"{ANY}{{0,40}}?"

#: Those whose calls are about something else: "onze bezorger belt je".
OTHERS_WORDS = (
    r"(?:bezorgers?|koerier\w*|chauffeur\w*|monteur\w*|partner\w*|leverancier\w*|klant\w*|(?:app|site"
    r"|website|winkels)(?! team)|driver\w*|courier\w*|rider\w*|carrier\w*|supplier\w*|customer\w*"
    r"|guests?|members?|bus\w*|train\w*)"
)
