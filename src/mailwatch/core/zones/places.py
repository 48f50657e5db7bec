"""What people call a time zone: abbreviations, spoken names, cities and countries, by IANA zone.

IANA's own city names ("Berlin", "New York") need no entry. Words that mean something else in a mail ("Nice", "Reading",
"Mobile") have none on purpose.
"""

from __future__ import annotations

# Written in capitals. Several share a set of letters: the one a recruiter most likely means stands here, and a home
# zone that uses the letters itself goes before it ("IST" at home in Dublin, "CST" in Shanghai).
ABBREVIATIONS = {
    "America/New_York": "ET EST EDT NYC DC",
    "America/Chicago": "CT CST CDT",
    "America/Denver": "MT MST MDT",
    "America/Los_Angeles": "PT PST PDT LA SF",
    "America/Anchorage": "AKST AKDT AKT",
    "Pacific/Honolulu": "HST HAST HT",
    "America/Halifax": "AT AST ADT",
    "America/St_Johns": "NT NST NDT",
    "America/Sao_Paulo": "BRT BRST",
    "America/Argentina/Buenos_Aires": "ART",
    "America/Santiago": "CLT CLST",
    "America/Bogota": "COT",
    "America/Lima": "PET",
    "America/Montevideo": "UYT",
    "America/Caracas": "VET",
    "UTC": "UTC GMT Z ZULU UCT",
    "Europe/London": "BST",
    "Europe/Lisbon": "WET WEST",
    "Europe/Berlin": "CET CEST MEZ MESZ HNEC HAEC",
    "Europe/Helsinki": "EET EEST OEZ OESZ",
    "Europe/Moscow": "MSK",
    "Europe/Istanbul": "TRT",
    "Africa/Lagos": "WAT",
    "Africa/Maputo": "CAT",
    "Africa/Nairobi": "EAT",
    "Africa/Johannesburg": "SAST",
    "Asia/Dubai": "GST",
    "Asia/Karachi": "PKT",
    "Asia/Kolkata": "IST",
    "Asia/Kathmandu": "NPT",
    "Asia/Jerusalem": "IDT",
    "Asia/Bangkok": "ICT",
    "Asia/Jakarta": "WIB",
    "Asia/Singapore": "SGT",
    "Asia/Kuala_Lumpur": "MYT",
    "Asia/Manila": "PHT PHST",
    "Asia/Hong_Kong": "HKT",
    "Asia/Seoul": "KST",
    "Asia/Tokyo": "JST",
    "Australia/Perth": "AWST",
    "Australia/Adelaide": "ACST ACDT",
    "Australia/Sydney": "AEST AEDT AET",
    "Pacific/Auckland": "NZST NZDT NZT",
}

# These also count in small letters; the others are words of some language there ("est", "ist", "et", "art").
SMALL_LETTERS = (
    "utc gmt edt cst cdt mst mdt pst pdt akst akdt hst bst cet cest mez mesz eet eest msk sgt hkt jst kst aest aedt "
    "awst acst nzst nzdt sast brt"
)

# What a zone is called in words, without "time", "standard time" and the like.
REGIONS = {
    "America/New_York": "eastern|us eastern|eastern us|east coast|us east coast|est5edt",
    "America/Chicago": "central|us central|cst6cdt",
    "America/Denver": "mountain|us mountain|mst7mdt",
    "America/Los_Angeles": "pacific|us pacific|west coast|us west coast|pst8pdt",
    "America/Anchorage": "alaska|alaskan",
    "Pacific/Honolulu": "hawaii|hawaiian|hawaii-aleutian",
    "America/Halifax": "atlantic",
    "America/St_Johns": "newfoundland",
    "America/Phoenix": "arizona",
    "UTC": "coordinated universal|universal|greenwich mean|greenwich|zulu",
    "Europe/London": "british|british summer|uk|united kingdom|england|great britain|britain|scotland|wales|gmt/bst",
    "Europe/Dublin": "irish|ireland",
    "Europe/Lisbon": "western european|portugal|portuguese",
    "Europe/Berlin": (
        "central european|central europe|middle european|mitteleuropäische|germany|german|deutsche|"
        "deutschland|europe central|heure d'europe centrale"
    ),
    "Europe/Paris": "france|french|française",
    "Europe/Madrid": "spain|spanish|española|españa|peninsular",
    "Europe/Rome": "italy|italian|italiana",
    "Europe/Amsterdam": "netherlands|the netherlands|dutch|nederlandse",
    "Europe/Brussels": "belgium|belgian",
    "Europe/Zurich": "switzerland|swiss|schweizer",
    "Europe/Vienna": "austria|austrian|österreichische",
    "Europe/Copenhagen": "denmark|danish",
    "Europe/Stockholm": "sweden|swedish",
    "Europe/Oslo": "norway|norwegian",
    "Europe/Helsinki": "finland|finnish|eastern european|eastern europe",
    "Europe/Warsaw": "poland|polish",
    "Europe/Prague": "czech",
    "Europe/Athens": "greece|greek",
    "Europe/Istanbul": "turkey|turkish|türkiye",
    "Europe/Kyiv": "ukraine|ukrainian|kiev",
    "Europe/Bucharest": "romania|romanian",
    "Asia/Jerusalem": "israel|israel standard|israeli",
    "Asia/Dubai": "gulf|uae",
    "Asia/Kolkata": "india|indian",
    "Asia/Karachi": "pakistan",
    "Asia/Shanghai": "china|chinese|beijing|prc|北京时间|中国|中國|北京|上海|深圳|广州|杭州",
    "Asia/Hong_Kong": "香港",
    "Asia/Taipei": "taiwan|taipei|台北|臺北|台灣|台湾|臺灣",
    "Asia/Tokyo": "japan|japanese|日本|日本時間|東京|大阪",
    "Asia/Seoul": "korea|korean|서울|한국",
    "Asia/Singapore": "新加坡",
    "Asia/Manila": "philippine|philippines",
    "Asia/Jakarta": "western indonesia",
    "Australia/Sydney": "australian eastern|eastern australia|aus eastern|eastern australian|nsw",
    "Australia/Brisbane": "queensland",
    "Australia/Adelaide": "australian central|south australia",
    "Australia/Perth": "australian western|western australia",
    "Pacific/Auckland": "new zealand|nz",
    "America/Sao_Paulo": "brasilia|brasília|brazil|brasil",
    "America/Argentina/Buenos_Aires": "argentina",
    "America/Bogota": "colombia",
    "America/Santiago": "chile",
    "America/Lima": "peru|perú",
    "America/Mexico_City": "mexico|méxico|ciudad de méxico|cdmx",
    "Africa/Johannesburg": "south africa|south african",
    "Africa/Nairobi": "east africa|kenya",
    "Africa/Lagos": "west africa|nigeria",
    "Africa/Cairo": "egypt",
}

# Cities that IANA does not name, and other spellings of those it does.
CITIES = {
    "America/New_York": (
        "boston|philadelphia|washington|washington dc|atlanta|miami|orlando|tampa|charlotte|raleigh|durham|"
        "pittsburgh|baltimore|cleveland|columbus|cincinnati|brooklyn|manhattan|jersey city|hartford|richmond|"
        "ottawa|montreal|montréal|quebec|buffalo"
    ),
    "America/Toronto": "waterloo|hamilton ontario",
    "America/Chicago": (
        "houston|dallas|austin|san antonio|fort worth|nashville|memphis|minneapolis|st paul|milwaukee|"
        "kansas city|st louis|new orleans|oklahoma city|madison|omaha|des moines|texas"
    ),
    "America/Denver": "salt lake city|boulder|colorado springs|albuquerque|santa fe|utah|colorado",
    "America/Edmonton": "calgary",
    "America/Phoenix": "tucson|scottsdale|tempe",
    "America/Los_Angeles": (
        "san francisco|bay area|silicon valley|palo alto|mountain view|san jose|oakland|seattle|portland|"
        "san diego|las vegas|sacramento|bellevue|redmond|california"
    ),
    "America/Mexico_City": "guadalajara|puebla",
    "America/Monterrey": "monterrey",
    "America/Sao_Paulo": (
        "são paulo|rio de janeiro|rio|belo horizonte|curitiba|porto alegre|florianópolis|florianopolis|campinas"
    ),
    "America/Argentina/Buenos_Aires": "córdoba argentina|rosario",
    "America/Bogota": "bogotá|medellín|medellin|cali",
    "Europe/London": (
        "londres|londra|london|manchester|edinburgh|glasgow|birmingham|bristol|leeds|liverpool|cambridge|"
        "oxford|cardiff|brighton|sheffield|newcastle|nottingham"
    ),
    "Europe/Dublin": "cork|galway|limerick",
    "Europe/Lisbon": "lisboa|lissabon|lisbonne|porto|braga",
    "Europe/Berlin": (
        "munich|münchen|hamburg|frankfurt|cologne|köln|stuttgart|düsseldorf|dusseldorf|leipzig|dresden|"
        "hanover|hannover|nuremberg|nürnberg|karlsruhe|bonn|bremen|mannheim|heidelberg"
    ),
    "Europe/Paris": (
        "parís|parigi|lyon|marseille|toulouse|bordeaux|lille|nantes|strasbourg|grenoble|rennes|montpellier|"
        "sophia antipolis"
    ),
    "Europe/Madrid": "barcelona|valencia|sevilla|seville|bilbao|málaga|malaga|zaragoza",
    "Europe/Rome": (
        "roma|rom|milan|milano|mailand|turin|torino|bologna|florence|firenze|naples|napoli|venice|venezia|genoa|genova"
    ),
    "Europe/Amsterdam": "rotterdam|utrecht|eindhoven|the hague|den haag",
    "Europe/Brussels": "bruxelles|brussel|brüssel|antwerp|antwerpen|anvers|ghent|gent|gand|leuven|louvain|liège|liege",
    "Europe/Zurich": (
        "zürich|zuerich|zurigo|zürcher|geneva|genève|geneve|genf|ginevra|basel|bâle|bern|berne|lausanne|"
        "lugano|zug|winterthur"
    ),
    "Europe/Vienna": "wien|wiener|graz|linz|salzburg|innsbruck",
    "Europe/Prague": "praha|prag|brno",
    "Europe/Warsaw": (
        "warszawa|warschau|varsovie|krakow|kraków|cracow|wrocław|wroclaw|gdansk|gdańsk|poznań|poznan|łódź|lodz"
    ),
    "Europe/Copenhagen": "københavn|kopenhagen|aarhus",
    "Europe/Stockholm": "gothenburg|göteborg|malmö|malmo",
    "Europe/Oslo": "bergen|trondheim|stavanger",
    "Europe/Helsinki": "espoo|tampere|turku",
    "Europe/Athens": "athen|athína|thessaloniki",
    "Europe/Bucharest": "bucurești|bukarest|cluj|cluj-napoca|timisoara|iasi",
    "Europe/Moscow": "moskau|moscou|москва|saint petersburg|st petersburg",
    "Europe/Istanbul": "ankara|izmir",
    "Europe/Kyiv": "lviv|kharkiv|київ",
    "Asia/Jerusalem": "tel aviv|haifa|herzliya",
    "Asia/Dubai": "abu dhabi",
    "Asia/Riyadh": "jeddah",
    "Asia/Kolkata": (
        "bangalore|bengaluru|mumbai|bombay|delhi|new delhi|hyderabad|pune|chennai|gurgaon|gurugram|noida|"
        "kolkata|ahmedabad"
    ),
    "Asia/Shanghai": "shenzhen|guangzhou|hangzhou|chengdu|nanjing|suzhou|wuhan|xi'an|tianjin",
    "Asia/Tokyo": "tokio|osaka|kyoto|nagoya|yokohama|fukuoka|sapporo|京都|名古屋|福岡|札幌",
    "Asia/Seoul": "busan|pangyo",
    "Asia/Taipei": "hsinchu|taichung|kaohsiung|新竹|台中|高雄",
    "Asia/Ho_Chi_Minh": "hanoi|saigon|ho chi minh city|hcmc|da nang",
    "Asia/Kuala_Lumpur": "penang",
    "Asia/Manila": "makati|cebu",
    "Australia/Sydney": "canberra|wollongong",
    "Australia/Melbourne": "geelong",
    "Australia/Brisbane": "gold coast",
    "Pacific/Auckland": "wellington|christchurch|hamilton nz|dunedin",
    "Africa/Johannesburg": "cape town|pretoria|durban",
    "Africa/Casablanca": "rabat",
    "Africa/Lagos": "abuja",
}
