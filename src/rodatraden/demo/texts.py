"""What the people of the example write: bids, scores with reasons, decisions. All of it is made up."""

from __future__ import annotations

from dataclasses import dataclass

from rodatraden.contracts.models import CallOff
from rodatraden.followup.models import CheckResult

TITLE = "Processcoachning för systemisk samverkansutveckling"
SUMMARY = (
    "Samordningsförbundet i Blekinge söker en processcoach som gör parterna skickliga på att själva lösa det som hindrar "
    "samverkan. Exemplet är påhittat, liksom alla personer och leverantörer i det."
)


@dataclass(frozen=True)
class Offer:
    """What a supplier offers: price per hour in SEK, who, how many months of experience, and its promises by label."""

    price: int
    consultant: str
    months: int
    method: tuple[str, ...]
    case: tuple[str, ...]
    promises: dict[str, str]


OFFERS = {
    "eketorp": Offer(
        790,
        "Hanna Eketorp",
        30,
        (
            (
                "Vi erbjuder ett paket av utbildningsdagar för medarbetare och chefer. Varje dag avslutas med en övning och en "
                "utvärdering.\n\nUtbildningen ger alla samma bild av hur samverkan ska gå till."
            ),
        ),
        ("Vi föreslår en gemensam rutin, tätare avstämningar och tydligare mål för varje chef.",),
        {"K1": "Hanna Eketorp har 30 månaders erfarenhet, styrkt i cv.", "K3": "Hanna Eketorp, 40 timmar i månaden."},
    ),
    "lyckastrand": Offer(
        1000,
        "Karin Sjöstrand",
        41,
        (
            (
                "Chefer får del av vardagens hinder varje månad, inte bara vid forum. Medarbetare och chef går igenom dem "
                "tillsammans och skriver ner vem som äger frågan."
            ),
            "Mellan parterna håller vi en gemensam hinderlista. Den läses i ledningsgruppen av alla parter samma vecka.",
            "I samhället bjuder vi in de aktörer som hindret rör.",
        ),
        (
            "Medarbetarna beskriver hindret med egna ord. Vi coachar dem att visa vad det kostar och för vem.",
            "Ledningen får se tre hinder i taget, med den regel som orsakar dem. Beslutet skrivs ner samma dag.",
        ),
        {
            "K1": "Karin Sjöstrand har 41 månaders erfarenhet från två samordningsförbund.",
            "K4": "Chefer går igenom vardagens hinder med sina medarbetare varje månad.",
            "K5": "Varje hinder har en ägare inom tio arbetsdagar.",
        },
    ),
    "mellanrum": Offer(
        1140,
        "Elin Hagström",
        61,
        (
            (
                "Tilltro inom organisationen: en månatlig genomgång där medarbetare, chef och politiker möts kring tre hinder ur "
                "vardagen. Medarbetaren äger berättelsen, chefen svarar inom en vecka."
            ),
            (
                "Tilltro mellan parterna: parterna turas om att leda forumen. Vi leder de två första tillsammans med parten, "
                "sedan sitter vi bredvid.\n\nI två samordningsförbund tog parterna över vartannat forum efter ett halvår."
            ),
            (
                "Tilltro i samhället: hinder som kräver ändrade regler går till den nivå som har mandatet, med ett underlag på en "
                "sida. Svaret läses upp för dem som såg hindret."
            ),
            (
                "Så märks det: andelen hinder som får svar, hur många forum parterna leder själva, och en kort enkät om tilltro "
                "två gånger om året."
            ),
        ),
        (
            (
                "Medarbetarna samlar tre fall av samma glapp och visar vilka två regler som krockar. Vi coachar dem att lägga fram "
                "fallen själva."
            ),
            (
                "Ledning och politik får frågan vem som äger regeln, inte vem som gjorde fel. Vi går igenom vad det linjära målet "
                "mäter, och vad det inte ser."
            ),
            (
                "Hindret får en ägare inom tio arbetsdagar, på lokal, regional eller nationell nivå. Ägaren svarar, och svaret "
                "går tillbaka till golvet."
            ),
        ),
        {
            "K1": "Elin Hagström har 61 månaders erfarenhet, styrkt med intyg från båda uppdragsgivarna.",
            "K2": "Systemisk logik har använts i ett uppdrag för två samordningsförbund 2023–2025.",
            "K3": "Elin Hagström utför uppdraget, minst 50 timmar i månaden.",
            "K4": "Medarbetare, chef och politiker möts varje månad kring tre hinder ur vardagen.",
            "K5": "Varje hinder får en ägare inom tio arbetsdagar, och svaret går tillbaka till dem som såg det.",
            "K6": "Minst två medarbetare från golvet är med i varje forum.",
            "K9": "Parterna leder vartannat forum från månad sju.",
        },
    ),
    "nordvala": Offer(
        960,
        "Anton Nordvall",
        36,
        (
            (
                "Vi arbetar i tre steg: lyssna, pröva, lämna över. I varje steg möts minst en medarbetare och en chef från varje "
                "part."
            ),
            "Mellan parterna skriver vi en gemensam arbetsordning för hinder. Den prövas i två månader och ändras sedan.",
        ),
        (
            "Vi går igenom rutinerna tillsammans med medarbetarna och föreslår vilka som kan tas bort.",
            "Ledningen får en rapport varje kvartal om de hinder som är kvar.",
        ),
        {
            "K1": "Anton Nordvall har 36 månaders erfarenhet från länsgemensam samverkan.",
            "K4": "Minst en medarbetare och en chef från varje part är med i varje steg.",
        },
    ),
}


@dataclass(frozen=True)
class Score:
    """What one evaluator gives, or the team agrees on, with the reason; the team's own lines go into the feedback report."""

    points: int
    reason: str
    strengths: str = ""
    improvements: str = ""


SCORES: dict[str, dict[str, tuple[Score, Score]]] = {
    "fatima": {
        "eketorp": (
            Score(5, "Utbildning i alla tre led, men inte hur kunskap flödar."),
            Score(6, "Svarar på frågorna. Arbetar med rutinen."),
        ),
        "lyckastrand": (
            Score(8, "Bäst av alla på hur chefer får del av vardagens hinder. Sidan 1 och 2."),
            Score(8, "Tydligt vem som äger hindret."),
        ),
        "mellanrum": (
            Score(9, "Alla tre led, med exempel från två förbund."),
            Score(8, "Visar vem som äger hindret på varje nivå."),
        ),
        "nordvala": (
            Score(8, "Tre tydliga steg som vi kan följa."),
            Score(8, "Rutiner tas bort i stället för att läggas till."),
        ),
    },
    "per": {
        "eketorp": (
            Score(6, "Alla får samma bild. Överlämningen saknas."),
            Score(6, "Svarar på frågorna, med tätare kontroll."),
        ),
        "lyckastrand": (
            Score(5, "Saknar hur tilltro byggs i samhället. Ett av tre led besvaras knappt."),
            Score(8, "Konkreta steg från hinder till beslut."),
        ),
        "mellanrum": (
            Score(8, "Svarar på alla tre led. Mätningen av tilltro är tunn."),
            Score(9, "Frågar vem som äger regeln, inte vem som gjorde fel."),
        ),
        "nordvala": (
            Score(8, "Överlämningen är planerad från början."),
            Score(5, "Ser rutiner i stället för ändrad organisering."),
        ),
    },
    "lena": {
        "eketorp": (
            Score(5, "Vi på golvet blir kursdeltagare, inte de som vet."),
            Score(7, "Målen blir tydligare, men hindret är kvar."),
        ),
        "lyckastrand": (
            Score(7, "Konkret för oss på golvet. Tredje ledet är tunt men finns på sidan 3."),
            Score(7, "Bra för medarbetarna. Politiken nås sent."),
        ),
        "mellanrum": (
            Score(9, "Vi får berätta själva, och svaret kommer tillbaka."),
            Score(7, "Bra väg för hindret. Svag på hur politiken nås."),
        ),
        "nordvala": (
            Score(7, "Tydlig metod, tunt om tilltro i samhället."),
            Score(6, "Rapporten varje kvartal är för långsam för oss."),
        ),
    },
}
"""Each evaluator's own points: method first, then case."""

CONSENSUS: dict[str, tuple[Score, Score]] = {
    "eketorp": (
        Score(
            5,
            "Beskriver utbildning, inte hur kunskap flödar.",
            "Alla tre led får samma utbildning, med tydligt innehåll",
            "Säg hur kunskapen når vidare när utbildningen är slut\nVisa vem som tar emot den på varje nivå",
        ),
        Score(
            6,
            "Föreslår tätare kontroll, alltså linjär logik.",
            "Svarar på alla tre frågorna i caset",
            "Pröva vem som äger regeln innan rutinen skärps",
        ),
    ),
    "lyckastrand": (
        Score(
            7,
            "Två led besvaras väl. Det tredje, samhället, finns på sidan 3 men utan metod.",
            "Chefer får del av vardagens hinder varje vecka, sidan 1\nMedarbetarnas tilltro byggs med egna exempel, sidan 2",
            "Ge det tredje ledet, samhället, en metod som de andra två",
        ),
        Score(
            8,
            "Konkreta steg från hinder till beslut.",
            "Varje steg har en ägare och en tid",
            "Säg hur ett nej tas emot",
        ),
    ),
    "mellanrum": (
        Score(
            9,
            "Svarar på alla tre led, med exempel från två förbund.",
            "Alla tre led besvaras\nExempel från två förbund som går att följa upp",
            "Mätningen av tilltro är tunn: säg hur den görs och hur ofta",
        ),
        Score(
            8,
            "Visar vem som äger hindret. Svag på hur politiken nås.",
            "Frågar vem som äger regeln, inte vem som gjorde fel",
            "Visa hur frågan når politiken",
        ),
    ),
    "nordvala": (
        Score(
            8,
            "Tydlig metod, tunt om tilltro i samhället.",
            "Tre tydliga steg som går att följa",
            "Beskriv hur tilltro byggs i samhället",
        ),
        Score(
            6,
            "Två av tre ser rutiner i stället för ändrad organisering. Fatima delar skälet efter samtal.",
            "Rutiner tas bort i stället för att läggas till",
            "Gå från ändrade rutiner till ändrad organisering",
        ),
    ),
}
"""What the team agrees on, not a mean: method 9, 7, 8, 5 and case 8, 8, 6, 6."""

INQUIRY = "I cv:t slutar det tredje uppdraget ”våren 2024”. Vilken månad slutade det?"
INQUIRY_BASIS = "Uppdraget står i cv:t. Det som fattas är bara månaden, och svaret ändrar inget annat i anbudet."
INQUIRY_ALONE = "De andra anbuden anger månad för varje uppdrag, så det finns inget att fråga dem om."
INQUIRY_ANSWER = "Uppdraget slutade den 31 maj 2024. Det är samma uppdrag som i cv:t."
INQUIRY_ASSESSED = "Månaden framgår nu. Kravet på 24 månader nås med eller utan det uppdraget."

PROOF = "Innan vi beslutar om tilldelningen ber vi dig visa hur det är nu. Det vi kan hämta själva ur ett register hämtar vi."
PROOF_AGE = "Inbjudan, avsnittet om bevis"
PROOF_REGISTERED = "Inga skulder och ingen konkurs i registret. Svaret är påhittat."
PROOF_ISSUER = "Polismyndigheten"
PROOF_TITLE = "Utdrag ur belastningsregistret (påhittat)"
PROOF_TEXT = "Utdraget innehåller inga uppgifter.\n\nHandlingen och de som nämns i den är påhittade."
PROOF_ACCEPTED = "Visar inget hinder, gäller rätt företag och är tillräckligt nytt."

SUMMARIES = {
    "eketorp": "Anbudet är tydligt om vad som ska läras ut. Det säger mindre om vad som händer sedan, och det är där uppdraget bärs.",
    "lyckastrand": "Anbudet är starkt där medarbetare och chefer möts. Hade samhället fått samma omsorg hade det nått längre.",
    "mellanrum": "Anbudet visar med exempel hur tilltro byggs i alla tre led. Det som saknas är mest hur det ska mätas.",
    "nordvala": "Anbudet är lätt att följa och lätt att hålla någon vid. Det stannar oftare vid rutinen än vid organiseringen.",
}
"""What the team says of each bid as a whole, in its feedback report."""
USE = (
    "Rapporten säger hur anbudet bedömdes, inget annat. När avtal är tecknat får version 0 användas som utgångsläge när parterna "
    "följer upp hur arbetet utvecklas. Poängen är inget betyg på företaget."
)

REASONS = (
    "Samordningsförbundet antar anbudet från Mellanrum Samverkan AB. Det har lägst utvärderingspris, 1 440 kr, och 17 av 20 "
    "poäng. Anbudet visar med exempel hur tilltro byggs i alla tre led och vem som äger ett hinder."
)
DELEGATION = "Delegationsordningen punkt 3.2"
WANTED = "Tilldelningsbeslutet i upphandlingen."
HANDED_OUT = "Här är tilldelningsbeslutet. Poäng, skäl och priser står på den offentliga sidan."
WHY_CANCELLED = (
    "En av parterna har sagt upp sin del av finansieringen, så uppdraget kan inte betalas i den omfattning som annonserades. "
    "Skälet är påhittat."
)
CONFLICT = "Köpte en utbildning av Eketorp & Ström för flera år sedan, i en tidigare anställning."
OBSERVED = "Jag har följt stegen. Fyra anbud, och antalet filer stämmer med kvittona. Påhittat."
MEASURE = "Hindrar inte: ett enda köp i en tidigare anställning, ingen fortsatt kontakt."

QUESTIONS = (
    (
        "Kan coachningen ges helt digitalt?",
        (
            "Nej. Konsulten är på plats vid Regionala utvecklingsforum och andra större sammankomster (K8). Löpande coaching kan "
            "ske digitalt."
        ),
    ),
    (
        "Räknas två uppdrag som pågår samtidigt som dubbel tid?",
        "Nej. Månader räknas från första till sista dagen i varje uppdrag. Uppdrag som pågår samtidigt räknas en gång (K1).",
    ),
)
CLARIFIED = (
    "Löpande coaching får ske digitalt (K8). Vid digital coaching och digitala möten används den plattform som "
    "samordningsförbundet eller dess parter anvisar."
)
WHY_CLARIFIED = "En leverantör frågade om coachningen kan ges digitalt. Nu står svaret också i villkoren."
WAITING_QUESTION = "Hur många Regionala utvecklingsforum planerar ni per år?"

CONTRACT = (
    "Ramavtal mellan Samordningsförbundet i Blekinge och Mellanrum Samverkan AB. Avtalet är påhittat, liksom parterna.\n\n"
    "Parterna är överens om det som står i upphandlingsdokumenten och i anbudets utfästelser. Timpriset är 1 140 kr exklusive "
    "moms, takvärdet 3 000 000 kr. Avtalet löper i ett år från den dag då båda har skrivit under, med rätt för förbundet att "
    "förlänga tre gånger med ett år."
)
DELIVERED = "Påhittad rapport. Allt material tillhör förbundet med full nyttjanderätt."


@dataclass(frozen=True)
class Order:
    """A call-off; working days are counted from the signature of the contract."""

    description: str
    place: CallOff.Place
    days: int
    starts: int
    ends: int
    hours: int
    location: str = ""
    platform: str = ""
    delivered: int = 0
    deliverable: str = ""


ORDERS = (
    Order(
        "Uppstart och kartläggning av hinder",
        CallOff.Place.ON_SITE,
        3,
        5,
        48,
        120,
        location="Ronneby, och på plats hos parterna",
        delivered=120,
        deliverable="Kartläggning av hinder",
    ),
    Order(
        "Coachning av chefer och medarbetare",
        CallOff.Place.DIGITAL,
        50,
        53,
        118,
        180,
        platform="Den plattform som förbundet anvisar (påhittad: Mötesrum Blekinge)",
    ),
)


@dataclass(frozen=True)
class Finding:
    """What a follow-up found, and what it meant for the needs."""

    verdict: CheckResult.Verdict
    level_reached: str
    evidence: str
    meaning: str
    deviation: str = ""


FINDINGS = {
    "K1": Finding(
        CheckResult.Verdict.MET,
        "61 månader",
        "CV jämfört med intyg från båda uppdragsgivarna",
        "Konsulten har följt hinder från upptäckt till beslut förut.",
    ),
    "K2": Finding(
        CheckResult.Verdict.MET,
        "Ett genomfört uppdrag",
        "Samtal med uppdragsgivaren",
        "Systemisk logik är prövad i praktiken, inte bara beskriven.",
    ),
    "K3": Finding(
        CheckResult.Verdict.PARTLY,
        "37 timmar i månaden",
        "Tidrapport per person",
        "Samma person hela tiden, men något för lite tid på plats.",
        deviation="Konsulten har haft 37 timmar i månaden, utfästelsen är 50.",
    ),
    "K7": Finding(
        CheckResult.Verdict.MET,
        "11 av 12 hinder, 92 %",
        "Hinderlogg med mandatnivå och svarsdatum",
        "Elva hinder har fått en mottagare med mandat inom tio arbetsdagar. Fyra är åtgärdade.",
    ),
}
"""By label. K6 is left out: nobody has followed it up though the day has passed, so its thread is broken."""
