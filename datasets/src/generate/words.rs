//! Words and names in sixteen languages, written for Tutti. Titles and people are put together from these.

/// A language: how titles and names are made in it.
pub(super) struct Language {
    /// ISO 639-1.
    pub(super) code: &'static str,
    /// ISO 3166-1 alpha-2 of the artists.
    pub(super) country: &'static str,
    /// Nouns and adjectives of titles, the frequent ones first.
    pub(super) words: &'static [&'static str],
    /// Words between others (`of the`); empty where words stand side by side.
    pub(super) joints: &'static [&'static str],
    pub(super) first: &'static [&'static str],
    pub(super) last: &'static [&'static str],
    /// Syllables of the rarer words.
    pub(super) syllables: &'static [&'static str],
    /// Family name before given name.
    pub(super) family_first: bool,
}

const LATIN: &[&str] = &["ka", "lo", "mi", "ren", "sa", "tor", "vel", "dor", "an", "is", "bu", "ge", "ne", "ri", "mar", "zu", "fa", "lin", "pe", "os"];

pub(super) const LANGUAGES: &[Language] = &[
    Language { code: "en", country: "GB",
        words: &["love", "night", "heart", "fire", "river", "golden", "blue", "home", "dream", "light", "summer", "lonely", "road", "dancing", "city", "moon", "wild", "rain", "mirror", "electric", "ghost", "paper", "slow", "honey", "winter", "silver", "train", "sugar", "shadow", "garden", "broken", "ocean", "velvet", "midnight", "thunder", "yesterday"],
        joints: &["of the", "in the", "and", "without", "for my", "to the"],
        first: &["Ella", "Jack", "Nora", "Theo", "Maya", "Oscar", "Ruby", "Felix", "Isla", "Jonah", "Hazel", "Miles"],
        last: &["Hartley", "Winslow", "Ashdown", "Merrick", "Calloway", "Thorne", "Beckett", "Langford", "Pryce", "Quill", "Rowntree", "Sable"],
        syllables: LATIN, family_first: false },
    Language { code: "fr", country: "FR",
        words: &["amour", "nuit", "cœur", "soleil", "rue", "été", "rêve", "mer", "danse", "ciel", "bleu", "fille", "pluie", "forêt", "hiver", "fenêtre", "voyage", "étoile", "silence", "château", "douce", "perdue", "lumière", "île", "matin", "garçon", "métro", "déjà", "océan", "fumée"],
        joints: &["de la", "du", "sans", "et", "sous la", "pour"],
        first: &["Élodie", "Benoît", "Chloé", "Lucien", "Amélie", "Gaël", "Inès", "Rémi", "Zoé", "Hervé"],
        last: &["Lacroix-Vidal", "Beauchêne", "Marchais", "Delorme", "Fontanel", "Garnier", "Peyrac", "Saint-Clair", "Rivoire", "D'Aubrac"],
        syllables: &["ré", "lou", "ma", "ville", "cha", "teau", "ni", "elle", "fon", "gar", "dou", "cé", "li", "mont"], family_first: false },
    Language { code: "de", country: "DE",
        words: &["Liebe", "Nacht", "Herz", "Straße", "Sommer", "Traum", "Licht", "Regen", "Himmel", "Mädchen", "Sehnsucht", "Wände", "Feuer", "Zug", "Grün", "Morgen", "Mond", "Flügel", "Schnee", "Stille", "König", "Übermut", "Glück", "Ferne", "Hafen", "Wolke", "tanzen", "allein", "früher", "Süden"],
        joints: &["und", "im", "ohne", "aus der", "für die", "auf"],
        first: &["Jörg", "Annelie", "Till", "Käthe", "Matthias", "Lene", "Günter", "Frieda", "Björn", "Marlene"],
        last: &["Grünwald", "Höllerer", "Kasten", "Brückner", "Weißmann", "Tannert", "Schönfeld", "Lohmeier", "Rübsam", "Ostertag"],
        syllables: &["schnee", "wald", "ber", "gen", "hau", "stein", "lich", "feld", "grün", "tal", "heim", "kel"], family_first: false },
    Language { code: "es", country: "ES",
        words: &["amor", "noche", "corazón", "fuego", "calle", "luna", "mar", "verano", "niña", "sueño", "cielo", "lluvia", "vida", "bailar", "mañana", "sol", "camino", "sombra", "ciudad", "otoño", "azul", "locura", "beso", "jardín", "silencio", "guitarra", "adiós", "pequeña", "canción", "río"],
        joints: &["de la", "sin", "y", "en el", "para", "con"],
        first: &["Lucía", "Joaquín", "Inés", "Álvaro", "Rocío", "Íñigo", "Marisol", "Andrés", "Noelia", "Ramón"],
        last: &["Quiñones", "Valverde", "Ibáñez", "Montalbán", "Carrizo", "Peñalver", "Solís", "Arriaga", "Núñez-Rey", "Olmedo"],
        syllables: LATIN, family_first: false },
    Language { code: "it", country: "IT",
        words: &["amore", "notte", "cuore", "mare", "sole", "strada", "sogno", "cielo", "estate", "luna", "città", "pioggia", "vento", "ragazza", "perché", "finestra", "domani", "silenzio", "bacio", "stella", "inverno", "libertà", "fiume", "azzurro", "giardino", "follia", "sera", "treno", "ombra", "lontano"],
        joints: &["della", "senza", "e", "nel", "per", "con te"],
        first: &["Giulia", "Nicolò", "Chiara", "Matteo", "Ginevra", "Ruggero", "Fiorella", "Tommaso"],
        last: &["Bellandi", "Corsaro", "De Santis", "Lombardelli", "Marchetti", "Vianello", "Quaranta", "Zorzi"],
        syllables: LATIN, family_first: false },
    Language { code: "pt", country: "BR",
        words: &["amor", "coração", "noite", "saudade", "mar", "sol", "canção", "chuva", "menina", "verão", "caminho", "lua", "avião", "manhã", "sonho", "rua", "céu", "sertão", "dança", "flor", "você", "estrela", "solidão", "barco", "vento", "carnaval", "irmão", "pássaro"],
        joints: &["da", "sem", "e", "no", "para", "do"],
        first: &["João", "Thaís", "Caetana", "Inácio", "Luísa", "Zeca", "Conceição", "Otávio"],
        last: &["Magalhães", "Brandão", "Assunção", "Figueira", "Gouveia", "Simões", "Peixoto", "Leitão"],
        syllables: LATIN, family_first: false },
    Language { code: "sv", country: "SE",
        words: &["kärlek", "natt", "hjärta", "sommar", "ljus", "väg", "regn", "dröm", "hav", "stjärna", "vinter", "själ", "ö", "äng", "båt", "måne", "tystnad", "flicka", "höst", "eld", "dansa", "blå", "ensam", "morgon"],
        joints: &["och", "i", "utan", "på", "för", "till"],
        first: &["Åsa", "Örjan", "Linnéa", "Göran", "Märta", "Viggo", "Saga", "Nils"],
        last: &["Sjöström", "Åkerblom", "Lindqvist", "Björkman", "Öberg", "Hällström", "Nyström", "Grändås"],
        syllables: &["ström", "sjö", "lind", "berg", "å", "dal", "skog", "näs", "vik", "holm"], family_first: false },
    Language { code: "da", country: "DK",
        words: &["kærlighed", "nat", "hjerte", "sommer", "lys", "vej", "regn", "drøm", "hav", "sjæl", "vinter", "måne", "stjerne", "pige", "blå", "morgen", "båd", "smørrebrød", "øjne", "sne", "byen", "længsel", "alene", "himmel"],
        joints: &["og", "i", "uden", "på", "for", "til"],
        first: &["Søren", "Astrid", "Jørgen", "Freja", "Mads", "Kirsten", "Bjarke", "Åse"],
        last: &["Østergaard", "Nørgård", "Kjær", "Bruun", "Højlund", "Skovgaard", "Rømer", "Lykke"],
        syllables: &["skov", "gård", "by", "sø", "ø", "høj", "lund", "bæk", "dal", "rup"], family_first: false },
    Language { code: "nb", country: "NO",
        words: &["kjærlighet", "natt", "hjerte", "sommer", "lys", "vei", "regn", "drøm", "hav", "fjell", "vinter", "måne", "stjerne", "fjord", "blå", "nordlys", "båt", "sjø", "øy", "snø", "hjem", "stillhet", "alene", "vår"],
        joints: &["og", "i", "uten", "på", "for", "til"],
        first: &["Øyvind", "Sigrid", "Håkon", "Ingrid", "Bjørn", "Solveig", "Eirik", "Ragnhild"],
        last: &["Bråten", "Nygård", "Fjeldstad", "Høiland", "Lysø", "Sæther", "Tveit", "Åsheim"],
        syllables: &["fjell", "vik", "nes", "ås", "dal", "sund", "øy", "haug", "bu", "tun"], family_first: false },
    Language { code: "fi", country: "FI",
        words: &["rakkaus", "yö", "sydän", "kesä", "valo", "tie", "sade", "uni", "meri", "tähti", "talvi", "kuu", "järvi", "hiljaisuus", "tyttö", "sininen", "aamu", "lumi", "metsä", "tuuli", "kaupunki", "ikävä", "yksin", "tanssi"],
        joints: &["ja", "ilman", "vai"],
        first: &["Aino", "Väinö", "Päivi", "Eero", "Tuuli", "Jyrki", "Hilja", "Ilmari"],
        last: &["Mäkelä", "Järvinen", "Koskela", "Hämäläinen", "Lehtonen", "Pöyhönen", "Rantanen", "Ylitalo"],
        syllables: &["ka", "lä", "joki", "niemi", "saa", "ri", "koski", "mä", "puu", "vaa", "ra"], family_first: false },
    Language { code: "ru", country: "RU",
        words: &["любовь", "ночь", "сердце", "город", "река", "лето", "свет", "дождь", "небо", "зима", "луна", "дорога", "море", "песня", "снег", "окно", "тишина", "звезда", "весна", "поезд", "огонь", "мечта", "осень", "тень"],
        joints: &["и", "без", "в", "на", "для"],
        first: &["Алёна", "Фёдор", "Вера", "Глеб", "Людмила", "Артём", "Ксения", "Юрий"],
        last: &["Берёзин", "Лукьянова", "Воронцов", "Зимина", "Ершов", "Полякова", "Щербак", "Чайкин"],
        syllables: &["бе", "ро", "ка", "ли", "зи", "ма", "вет", "рад", "но", "ста"], family_first: false },
    Language { code: "el", country: "GR",
        words: &["αγάπη", "νύχτα", "καρδιά", "θάλασσα", "ήλιος", "δρόμος", "όνειρο", "φως", "βροχή", "καλοκαίρι", "φεγγάρι", "ουρανός", "αστέρι", "σιωπή", "φωτιά", "άνεμος", "πόλη", "χορός"],
        joints: &["και", "της", "χωρίς", "στο"],
        first: &["Ελένη", "Γιώργος", "Σοφία", "Νίκος", "Δέσποινα", "Άρης"],
        last: &["Παπαδάκης", "Βλαχοπούλου", "Ξενάκης", "Μαρίνου", "Θεοδώρου", "Κοκκίνης"],
        syllables: &["κα", "λο", "μα", "νι", "ρα", "θε", "σο", "πη", "δια"], family_first: false },
    Language { code: "tr", country: "TR",
        words: &["aşk", "gece", "kalp", "deniz", "güneş", "yol", "rüya", "ışık", "yağmur", "yaz", "ay", "gökyüzü", "yıldız", "sessizlik", "ateş", "rüzgâr", "şehir", "bahçe", "kış", "şarkı", "özlem", "çiçek"],
        joints: &["ve", "ile", "için", "gibi"],
        first: &["Ayşe", "Çağrı", "İpek", "Oğuz", "Şebnem", "Ümit", "Gülçin", "Yiğit"],
        last: &["Yıldırım", "Özgür", "Çelikkol", "Güneş", "Şahinler", "Akıncı", "Doğan", "Uğurlu"],
        syllables: &["gü", "neş", "yıl", "dız", "kar", "öz", "de", "ler", "şan", "bul"], family_first: false },
    Language { code: "ar", country: "EG",
        words: &["حب", "ليل", "قلب", "بحر", "شمس", "طريق", "حلم", "نور", "مطر", "صيف", "قمر", "سماء", "نجمة", "صمت", "نار", "ريح", "مدينة", "وردة", "غناء", "صباح"],
        joints: &["بلا", "في", "إلى", "من"],
        first: &["ليلى", "سامي", "نور", "كريم", "سلمى", "يوسف"],
        last: &["النجار", "حداد", "المصري", "خليل", "الشامي", "منصور"],
        syllables: &["سا", "لم", "نو", "را", "كا", "دي", "مي", "با"], family_first: false },
    Language { code: "ja", country: "JP",
        words: &["恋", "夜", "心", "夏", "光", "道", "雨", "夢", "海", "星", "冬", "月", "桜", "東京", "青空", "風", "花火", "さよなら", "キス", "ネオン", "メロディー", "列車", "涙", "約束"],
        joints: &["の", "と", "へ"],
        first: &["さくら", "健太", "美咲", "翔", "葵", "蓮"],
        last: &["星野", "藤崎", "小川", "桜井", "黒木", "水原"],
        syllables: &["ひ", "かり", "そら", "は", "な", "み", "ず", "ゆ", "き"], family_first: true },
    Language { code: "ko", country: "KR",
        words: &["사랑", "밤", "마음", "여름", "빛", "길", "비", "꿈", "바다", "별", "겨울", "달", "봄날", "하늘", "바람", "안녕", "서울", "노래", "눈물", "불꽃", "거울", "약속"],
        joints: &["그리고", "없는"],
        first: &["서연", "민준", "하은", "지호", "유나", "태윤"],
        last: &["김", "한", "윤", "서", "류", "남"],
        syllables: &["하", "늘", "바", "람", "나", "라", "미", "소", "별"], family_first: true },
];

/// A community of taste: what its songs are like and which languages they are sung in.
pub(super) struct Community {
    pub(super) name: &'static str,
    pub(super) genres: &'static [&'static str],
    pub(super) tags: &'static [&'static str],
    /// Indexes into [`LANGUAGES`], repeated by weight.
    pub(super) languages: &'static [usize],
    /// Danceability, energy, speechiness, acousticness, instrumentalness, liveness, valence.
    pub(super) features: [f64; 7],
    pub(super) tempo: f64,
    pub(super) loudness: f64,
}

pub(super) const COMMUNITIES: [Community; 12] = [
    Community { name: "indie nights", genres: &["indie rock", "indie pop", "dream pop", "post-punk"], tags: &["guitar", "melancholic", "seen live", "lo-fi", "rainy day"], languages: &[0, 0, 0, 1, 6, 7, 2], features: [0.52, 0.66, 0.05, 0.2, 0.12, 0.18, 0.48], tempo: 124.0, loudness: -7.0 },
    Community { name: "club floor", genres: &["techno", "house", "electro", "trance"], tags: &["dance", "after hours", "instrumental", "synth", "festival"], languages: &[2, 0, 7, 1, 12], features: [0.74, 0.82, 0.07, 0.05, 0.55, 0.16, 0.4], tempo: 127.0, loudness: -6.5 },
    Community { name: "street verse", genres: &["hip hop", "trap", "grime", "boom bap"], tags: &["rap", "beats", "urban", "flow", "late night"], languages: &[0, 0, 1, 2, 3, 12, 15], features: [0.76, 0.65, 0.25, 0.15, 0.02, 0.2, 0.5], tempo: 110.0, loudness: -6.8 },
    Community { name: "blue room", genres: &["jazz", "swing", "bossa nova", "fusion"], tags: &["saxophone", "smooth", "dinner", "improvisation", "classic"], languages: &[0, 1, 5, 14, 7], features: [0.55, 0.35, 0.04, 0.75, 0.45, 0.2, 0.52], tempo: 112.0, loudness: -13.0 },
    Community { name: "iron hall", genres: &["metal", "death metal", "hard rock", "folk metal"], tags: &["heavy", "loud", "riffs", "mosh", "epic"], languages: &[0, 9, 9, 2, 8, 6, 10], features: [0.4, 0.93, 0.09, 0.02, 0.2, 0.25, 0.35], tempo: 138.0, loudness: -4.8 },
    Community { name: "chart smile", genres: &["pop", "dance pop", "electropop", "europop"], tags: &["catchy", "happy", "sing along", "radio", "summer"], languages: &[0, 0, 6, 3, 4, 12, 11], features: [0.68, 0.72, 0.06, 0.18, 0.01, 0.16, 0.62], tempo: 118.0, loudness: -5.6 },
    Community { name: "campfire", genres: &["folk", "singer-songwriter", "acoustic", "americana"], tags: &["acoustic guitar", "story", "calm", "harmonies", "road trip"], languages: &[0, 6, 8, 9, 4, 1, 10], features: [0.52, 0.36, 0.04, 0.78, 0.06, 0.14, 0.45], tempo: 112.0, loudness: -11.0 },
    Community { name: "fiesta", genres: &["latin", "salsa", "reggaeton", "cumbia"], tags: &["party", "percussion", "dance", "hot", "brass"], languages: &[3, 3, 3, 5, 5, 4], features: [0.75, 0.76, 0.08, 0.22, 0.01, 0.2, 0.74], tempo: 105.0, loudness: -6.0 },
    Community { name: "quiet hours", genres: &["ambient", "neoclassical", "classical", "drone"], tags: &["instrumental", "sleep", "focus", "piano", "cinematic"], languages: &[2, 9, 14, 7, 10, 0], features: [0.3, 0.18, 0.04, 0.85, 0.85, 0.11, 0.2], tempo: 95.0, loudness: -18.0 },
    Community { name: "velvet soul", genres: &["soul", "r&b", "funk", "neo soul"], tags: &["groove", "vocal", "slow jam", "warm", "vintage"], languages: &[0, 0, 0, 1, 13], features: [0.67, 0.55, 0.08, 0.35, 0.03, 0.17, 0.6], tempo: 104.0, loudness: -8.0 },
    Community { name: "island sun", genres: &["reggae", "dub", "ska", "afrobeat"], tags: &["sunny", "bass", "offbeat", "beach", "roots"], languages: &[0, 0, 1, 5, 3, 13], features: [0.76, 0.58, 0.12, 0.2, 0.1, 0.18, 0.75], tempo: 98.0, loudness: -8.2 },
    Community { name: "neon east", genres: &["k-pop", "j-pop", "city pop", "anime"], tags: &["bright", "choreography", "neon", "idol", "nostalgic"], languages: &[15, 15, 14, 14, 0, 11], features: [0.66, 0.8, 0.07, 0.14, 0.02, 0.18, 0.66], tempo: 124.0, loudness: -4.9 },
];

/// Cities of generated users and venues: name, country, longitude, latitude.
pub(super) const CITIES: [(&str, &str, f64, f64); 16] = [
    ("London", "GB", -0.1276, 51.5072), ("København", "DK", 12.5683, 55.6761), ("Berlin", "DE", 13.405, 52.52), ("Paris", "FR", 2.3522, 48.8566),
    ("Madrid", "ES", -3.7038, 40.4168), ("Milano", "IT", 9.19, 45.4642), ("São Paulo", "BR", -46.6333, -23.5505), ("Göteborg", "SE", 11.9746, 57.7089),
    ("Tromsø", "NO", 18.9553, 69.6492), ("Jyväskylä", "FI", 25.7473, 62.2426), ("Αθήνα", "GR", 23.7275, 37.9838), ("İstanbul", "TR", 28.9784, 41.0082),
    ("القاهرة", "EG", 31.2357, 30.0444), ("東京", "JP", 139.6917, 35.6895), ("서울", "KR", 126.978, 37.5665), ("Salzburg", "AT", 13.055, 47.8095),
];

pub(super) const BAND_FORMS: &[(&str, &str)] = &[("The ", "s"), ("", " Club"), ("Los ", ""), ("DJ ", ""), ("", " Orchestra"), ("", " & the Foxes"), ("Café ", ""), ("", " 5000"), ("", "!"), ("MC ", "")];

pub(super) const VENUE_KINDS: &[(&str, &str)] =
    &[("bar", "Bar"), ("pub", "Arms"), ("nightclub", "Club"), ("music_venue", "Hall"), ("bar", "Lounge"), ("pub", "Tavern"), ("theatre", "Stage"), ("nightclub", "Basement")];
