"""The English words of a promise to come back: "we'll get back to you", "you'll hear from us by Friday".

Its subject is the brand's (we, I, a colleague), with a verb of coming back behind "will" or "going to", or it
says what the customer will hear. All patterns are for small letters, and stay within a clause.
"""

from __future__ import annotations

import re

from bot.guide.promise_words import FEW, OTHERS_WORDS

ONE = (
    r"(?:colleague|manager|supervisor|team|department|advisor|agent|specialist|branch|office|lab"
    r"|engineer|technician|expert|director|owner|staff|people|crew|commission|committee|board)"
)
WE_EN = (
    r"(?:i|we|(?:someone|somebody)(?: (?:from|in|at|on) (?:the|our|my)? ?[\w-]+(?: team)?| else)?"
    r"|one of (?:us|the \w+)"
    rf"|(?:a|an|my|the) (?:[\w-]+ ){{0,2}}?{ONE}s?(?: (?!not|never)[\w-]+)??"
    rf"|(?:one of )?our (?!{OTHERS_WORDS}\b)[\w-]+(?: (?!not|never|{OTHERS_WORDS}\b)[\w-]+){{0,3}}?)"
)
_REACH = (
    r"(?:call|phone|ring|e-?mail|message|text|dm|pm|contact|update|inform|notify|tell|reach out to"
    r"|write to|get in touch with|follow up with|speak to|speak with|talk to|reply to|respond to|answer)"
)
_REACHING = r"(?:calling|ringing|phoning|emailing|messaging|contacting|updating|texting|writing to)"
_ARTICLE = r"(?:an? |some |the |any |our |your )?(?:\w+ )?"
_SENT_EN = r"(?:updates?|news|answers?|reply|replies|response|information|outcome|decision|confirmation)"
_SOON_EN = (
    r"(?:by|before|within|in|on|at|today|tonight|tomorrow|this|next|shortly|soon|later|asap|as soon"
    r"|first thing|once|when|straight|right|here|after|with|to you|from|the moment)"
)
#: What is done, behind "will".
_DOES_EN = (
    r"(?:get|circle|report|revert|check) (?:straight |right )?back\b(?! (?:in|on) (?:stock|sale|track"
    r"|air|the))",
    r"(?:write|ring|call|message|text|e-?mail) (?:\w+ )?back\b",
    r"come (?:straight |right )?back (?:to (?:you|this|that)|with|on)\b",
    r"be (?:straight |right )?back (?:in touch|with|to you)\b",
    r"return to (?:you|this|that)\b",
    r"let you (?:all |both )?know\b",
    rf"{_REACH} you\b",
    rf"be {_REACHING} you\b",
    r"be in (?:touch|contact)\b",
    r"(?:reach (?:back )?out|touch base|loop back|get hold of you|catch up with you|fill you in"
    r"|advise (?:you|further))\b",
    r"(?:call|phone|ring) (?:to|tomorrow|today|tonight|at \d|on \w+day)\b",
    r"pass (?:on|along) (?:their|the|his|her|its) (?:answer|reply|response|reaction)\b",
    r"ask (?:them|him|her|around)\b",
    rf"(?:give|send|drop|get|have|bring|share|post|tweet|add|put up"
    rf"|provide) (?:you )?(?:with )?{_ARTICLE}{_SENT_EN}\b",
    r"(?:give|drop|send|pop) you (?:a|an|another) (?:quick )?(?:call|ring|e-?mail|message|text|line|note"
    r"|dm|bell|buzz)\b",
    r"(?:keep|have) you (?:posted|updated|informed|in the loop|up to date|up-to-date)\b",
    r"(?:look|dig|delve) (?:right )?into\b",
    r"(?:find out|investigate|enquire|inquire|get to the bottom of)\b",
    r"(?:look|check) (?:that|this|it) (?:up|out|for you|with)\b",
    r"(?:check|double-check) (?:with|for you|on this|on that|this|that|it)\b",
    r"(?:chase\b|follow (?:this |that |it )?up\b)",
    r"(?:ask|consult) (?:our|the|my|a)\b(?![^,.;]{0,40}\bto\b)",
    rf"(?:reply|respond|revert)(?: {_SOON_EN}\b| to (?:you|your)\b|(?=\s*[,.!;]|\s*$))",
    r"share (?:\w+ ){1,4}(?:here|with you)\b",
    r"(?:post|tweet|update) (?:again|here|this thread)\b",
    r"answer (?:it|this|that|your|all|properly)\b",
    rf"confirm (?:{_SOON_EN}|it|that)\b",
    r"(?:shout|holler) (?:as soon|when|once)\b",
    r"see (?:what i|if i|if we|what we|whether)\b",
    r"(?:take|have) a (?:\w+ )?look (?:at|into)\b",
    r"(?:arrange|book|schedule) (?:you )?(?:a|the) (?:call\w*|phone call)\b",
    r"get (?:this|that|it) (?:checked|looked at|looked into)\b",
    rf"(?:have|get|make sure|ensure)(?: that)? {WE_EN} (?:to )?(?:calls?|contacts?|rings?|phones?"
    rf"|emails?|messages?) you\b",
)
_WILL = (
    rf"\b(?:(?:i|we|someone)'ll|{WE_EN} (?:will|shall)|{WE_EN}(?: am| are| is|'m|'re|'s)? (?:going"
    rf"|about) to"
    r"|(?:i|we) (?:promise|aim|plan|need|have) to)\b"
)
_DOING = (
    r"(?:(?:calling|ringing|phoning|emailing|messaging) you|looking into|checking|chasing|investigating"
    r"|asking (?!you)|finding out|following (?:this |it )?up)"
)
_YOU_WILL = r"\byou(?:'ll| will| shall| should|'re going to| are going to| can expect to)(?: \w+ly)?"
_BY = (
    r"(?:from (?:us|me|our|my|a colleague|someone|the team)|by|before|within|in|on|today|tonight"
    r"|tomorrow|this|next|shortly|soon|later|asap|as soon|once)\b"
)
_PLEDGED_EN = r"(?:reply|answer|update|response|call|decision|outcome|news|e-?mail|message)\b"
_EXPECTED = rf"expect (?:to hear|(?:a|an|our|my|some) (?:\w+ )?{_PLEDGED_EN})(?! from (?!us|me|our|my))"
ENGLISH = (
    *(rf"{_WILL}(?:(?!\bto\b)[^,.?!;:]){{0,40}}?\b{action}" for action in _DOES_EN),
    rf"\b{WE_EN}(?: am| are| is|'m|'re|'s) (?:\w+ )?{_DOING}",
    r"\b(?:let|allow) me (?:just |quickly )?(?:find out|check|look|ask|chase|dig|see what|speak to"
    r"|get back)\b",
    rf"{_YOU_WILL} (?:hear|be hearing)(?: back| more| something)? {_BY}",
    rf"{_YOU_WILL} (?:have|get|receive|be getting) {_ARTICLE}{_PLEDGED_EN}(?! from (?!us|me|our|my"
    rf"|a colleague)){FEW}\b{_BY}",
    rf"{_YOU_WILL} be (?:contacted|called|updated|informed|notified)\b",
    rf"(?:^|[,.:;] |\byou can )(?:please )?{_EXPECTED}",
    r"\b(?:more|updates?|answer|reply|news|response|details) (?:here |is |are )?(?:to follow|to come"
    r"|will follow|follows?|coming)\b",
    r"\bmore (?:news |info |details )?(?:soon|later|shortly|tomorrow|tonight)\b",
    r"(?:^|[,.:;] )(?:i'm )?(?:just |still |currently )?(?:checking|chasing|asking|looking into)\b",
    r"(?:^|[,.:;] )back (?:with|to) you (?:in|by|at|before|tomorrow|shortly|soon|later|asap|this)\b",
    rf"\b(?:i|we) should (?:have|get) {_ARTICLE}{_SENT_EN}\b",
    rf"\bour (?:[\w-]+ ){{0,3}}?[\w-]+,? (?:who|they)(?: will|'ll) (?:{_REACH} you|be in touch)\b",
    r"(?:^|[,.:;] )(?:an? |next )?update (?:here |for you )?(?:by|before|at|within|in|later|tomorrow)\b",
)
#: Behind "and" neither subject nor "will" need be said again.
AND_EN = re.compile(
    r"\b(?:and|but|then)(?: then| also)?(?: (?:i|we))?(?: will| shall| should|'ll)?"
    rf" (?=(?:\w+ly |straight )?(?:{'|'.join(_DOES_EN)}))"
)
