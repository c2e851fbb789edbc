//! A catalogue of any size out of a seed: artists, songs, users, venues, listens and visits that hang together. Twelve communities
//! of taste share languages, genres and sound; words and popularity follow Zipf's law. The same seed and sizes give the same
//! documents on every run, and each document can be made alone, so that a bench may make them in parallel.

mod random;
#[rustfmt::skip]
mod words;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use random::{Spread, by_rank, pick, some, zipf, zipf_rank};
use tutti_index_schema::{Address, Artist, AudioFeatures, Playlist, Point, Song, User, Venue};
use words::{BAND_FORMS, CITIES, COMMUNITIES, Community, LANGUAGES, Language, VENUE_KINDS};

use crate::Listen;

/// How many of each to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// Songs; 10 per artist are made from it.
    pub songs: u32,
    /// Artists.
    pub artists: u32,
    /// Users.
    pub users: u32,
    /// Venues.
    pub venues: u32,
    /// Playlists.
    pub playlists: u32,
    /// Different words in titles, over all languages. Beyond the some four hundred real ones they are made of syllables.
    pub vocabulary: u32,
}

impl Sizes {
    /// Sizes that suit a number of songs.
    pub fn for_songs(songs: u32) -> Sizes {
        let part = |n: u32, least: u32| (songs / n).max(least);
        Sizes {
            songs,
            artists: part(10, 24),
            users: part(10, 24),
            venues: part(50, 24),
            playlists: part(100, 12),
            vocabulary: part(5, 2_000).min(200_000),
        }
    }
}

/// Makes documents. Cheap to ask, costly to make: it holds the vocabulary and the artists' names.
pub struct Generator {
    sizes: Sizes,
    base: ChaCha8Rng,
    vocabulary: Vec<Vec<String>>,
    artists: Vec<(String, usize)>,
    spread: Spread,
}

/// What a stream of random numbers is for: every document has its own.
#[derive(Clone, Copy)]
enum Stream {
    Artist = 1,
    Song,
    Album,
    User,
    Venue,
    Listens,
    Visits,
    Playlist,
    Words,
}

const TASTES: u32 = COMMUNITIES.len() as u32;

impl Generator {
    /// A generator of `sizes` from `seed`.
    pub fn new(seed: u64, sizes: Sizes) -> Generator {
        let base = ChaCha8Rng::seed_from_u64(seed);
        let mut generator =
            Generator { sizes, base, vocabulary: Vec::new(), artists: Vec::new(), spread: Spread::new(sizes.songs / TASTES) };
        let per_language = sizes.vocabulary as usize / LANGUAGES.len();
        generator.vocabulary = LANGUAGES.iter().enumerate().map(|(i, language)| generator.words(i, language, per_language)).collect();
        generator.artists = (0..sizes.artists).map(|i| generator.artist_name(i)).collect();
        generator
    }

    /// The sizes it was made with.
    pub fn sizes(&self) -> Sizes {
        self.sizes
    }

    fn rng(&self, stream: Stream, item: u32) -> ChaCha8Rng {
        let mut rng = self.base.clone();
        rng.set_stream(((stream as u64) << 40) | u64::from(item));
        rng
    }

    fn words(&self, number: usize, language: &Language, count: usize) -> Vec<String> {
        #[expect(clippy::cast_possible_truncation, reason = "sixteen languages")]
        let mut rng = self.rng(Stream::Words, number as u32);
        let mut out: Vec<String> = language.words.iter().map(|word| (*word).to_owned()).collect();
        while out.len() < count {
            // Rarer words are longer, as in any language.
            let syllables = 2 + out.len().ilog10() as usize / 2 + usize::from(rng.random_bool(0.5));
            out.push((0..syllables).map(|_| *pick(&mut rng, language.syllables)).collect());
        }
        out
    }

    fn artist_name(&self, i: u32) -> (String, usize) {
        let mut rng = self.rng(Stream::Artist, i);
        let language_number = *pick(&mut rng, community_of(i).languages);
        let language = &LANGUAGES[language_number];
        let name = if rng.random_bool(0.55) {
            let (first, last) = (pick(&mut rng, language.first), pick(&mut rng, language.last));
            if language.family_first { format!("{last}{first}") } else { format!("{first} {last}") }
        } else {
            let (before, after) = pick(&mut rng, BAND_FORMS);
            let word = zipf(&mut rng, &self.vocabulary[language_number]);
            format!("{before}{}{after}", capitalised(word))
        };
        (name, language_number)
    }

    fn artist_id(i: u32) -> String {
        format!("a{i}")
    }

    fn song_id(i: u32) -> String {
        format!("s{i}")
    }

    /// Artist `i`, below [`Sizes::artists`].
    pub fn artist(&self, i: u32) -> Artist {
        let community = community_of(i);
        let (name, language) = &self.artists[i as usize % self.artists.len().max(1)];
        let mut rng = self.rng(Stream::Artist, i | 1 << 31);
        let begin = 1955 + rng.random_range(0..65);
        let popularity = by_rank(i / TASTES, self.sizes.artists / TASTES);
        Artist {
            id: Self::artist_id(i),
            name: name.clone(),
            genres: some(&mut rng, community.genres, 2),
            tags: some(&mut rng, community.tags, 3),
            country: Some(LANGUAGES[*language].country.to_owned()),
            begin_year: Some(begin),
            popularity: Some(popularity),
            listeners: Some(popularity * popularity * 3 + rng.random_range(0..50)),
            ..Artist::default()
        }
    }

    fn title(&self, rng: &mut ChaCha8Rng, language_number: usize) -> String {
        let language = &LANGUAGES[language_number];
        let words = &self.vocabulary[language_number];
        let mut title = capitalised(zipf(rng, words));
        for _ in 0..[0, 1, 1, 1, 2, 3][rng.random_range(0..6)] {
            let spaced = !matches!(language.code, "ja");
            if rng.random_bool(0.4) {
                if spaced {
                    title.push(' ');
                }
                let joint: &&str = pick(rng, language.joints);
                title.push_str(joint);
            }
            if spaced {
                title.push(' ');
            }
            title.push_str(&capitalised(zipf(rng, words)));
        }
        match rng.random_range(0..40) {
            0 => title.push_str(" (Live)"),
            1 => title.push_str(" - Remix"),
            2 => title.push('!'),
            3 => title.push('?'),
            _ => {}
        }
        title
    }

    /// Song `i`, below [`Sizes::songs`].
    pub fn song(&self, i: u32) -> Song {
        let mut rng = self.rng(Stream::Song, i);
        let community = community_of(i);
        let per_taste = (self.sizes.artists / TASTES).max(1);
        let artist_number = (i % TASTES + TASTES * zipf_rank(&mut rng, per_taste)) % self.sizes.artists.max(1);
        let (artist, language) = &self.artists[artist_number as usize];
        let mut credited = artist.clone();
        let mut artists = vec![artist.clone()];
        let mut artist_ids = vec![Self::artist_id(artist_number)];
        if rng.random_bool(0.08) {
            let guest = rng.random_range(0..self.sizes.artists.max(1));
            if guest != artist_number {
                let name = &self.artists[guest as usize].0;
                credited.push_str(" feat. ");
                credited.push_str(name);
                artists.push(name.clone());
                artist_ids.push(Self::artist_id(guest));
            }
        }
        let album_number = artist_number.wrapping_mul(16) | rng.random_range(0..6);
        let mut album = self.rng(Stream::Album, album_number);
        let age = (album.random::<f64>().powi(2) * 60.0) as i32;
        let year = 2024 - age;
        let released = format!("{year}-{:02}-{:02}T00:00:00Z", album.random_range(1..=12), album.random_range(1..=28));
        let popularity = (by_rank(self.spread.rank(i / TASTES), self.spread.count) + rng.random_range(-5..=5)).clamp(0, 100);
        let mut letters = || char::from(b'A' + rng.random_range(0..26));
        let isrc = format!("{}{}{}{}{:02}{:05}", LANGUAGES[*language].country, letters(), letters(), letters(), year % 100, i % 100_000);
        Song {
            id: Self::song_id(i),
            title: self.title(&mut rng, *language),
            artist: credited,
            artists,
            artist_ids,
            album: Some(self.title(&mut album, *language)),
            album_id: Some(format!("al{album_number}")),
            genres: some(&mut rng, community.genres, 1),
            tags: some(&mut rng, community.tags, 2),
            year: Some(year),
            released: Some(released),
            duration_ms: Some(120_000 + rng.random_range(0..180_000)),
            explicit: Some(rng.random_bool(if community.name == "street verse" { 0.5 } else { 0.06 })),
            popularity: Some(popularity),
            language: Some(LANGUAGES[*language].code.to_owned()),
            isrc: Some(isrc),
            service_ids: vec![format!("generated:song:{i}")],
            features: Some(features(&mut rng, community)),
        }
    }

    /// User `i`, below [`Sizes::users`].
    pub fn user(&self, i: u32) -> User {
        let mut rng = self.rng(Stream::User, i);
        let tastes = self.tastes_of(i);
        let community = &COMMUNITIES[tastes[0] as usize];
        let language = &LANGUAGES[*pick(&mut rng, community.languages)];
        let (first, last) = (pick(&mut rng, language.first), pick(&mut rng, language.last));
        let name = if language.family_first { format!("{last}{first}") } else { format!("{first} {last}") };
        let english = LANGUAGES[0].words;
        let handle = format!("{}_{}_{i}", pick(&mut rng, english), pick(&mut rng, english));
        let per_taste = (self.sizes.artists / TASTES).max(1);
        let mut favourites: Vec<u32> = Vec::new();
        for _ in 0..6 {
            let artist = (tastes[usize::from(rng.random_bool(0.25))] + TASTES * zipf_rank(&mut rng, per_taste)) % self.sizes.artists.max(1);
            if !favourites.contains(&artist) {
                favourites.push(artist);
            }
        }
        let joined = format!(
            "{}-{:02}-{:02}T{:02}:00:00Z",
            rng.random_range(2018..2025),
            rng.random_range(1..=12),
            rng.random_range(1..=28),
            rng.random_range(0..24)
        );
        User {
            id: format!("u{i}"),
            name,
            handle: Some(handle),
            bio: Some(format!("{}, {}", pick(&mut rng, community.tags), pick(&mut rng, community.genres))),
            city: Some(CITIES[self.city_of(i)].0.to_owned()),
            languages: if language.code == "en" { vec!["en".to_owned()] } else { vec![language.code.to_owned(), "en".to_owned()] },
            genres: some(&mut rng, community.genres, 2),
            artists: favourites.iter().map(|artist| self.artists[*artist as usize].0.clone()).collect(),
            artist_ids: favourites.iter().map(|artist| Self::artist_id(*artist)).collect(),
            tastes: tastes.iter().map(|taste| COMMUNITIES[*taste as usize].name.to_owned()).collect(),
            followers: Some((rng.random::<f64>().powi(6) * 2_000.0) as i32),
            joined: Some(joined),
            picture: None,
        }
    }

    /// The two communities a user belongs to, the first more.
    fn tastes_of(&self, user: u32) -> [u32; 2] {
        let first = user % TASTES;
        [first, (first + 1 + (user / TASTES) % (TASTES - 1)) % TASTES]
    }

    fn city_of(&self, user: u32) -> usize {
        (user / TASTES) as usize % CITIES.len()
    }

    /// Venue `i`, below [`Sizes::venues`].
    pub fn venue(&self, i: u32) -> Venue {
        let mut rng = self.rng(Stream::Venue, i);
        let (city, country, longitude, latitude) = CITIES[i as usize % CITIES.len()];
        let community = &COMMUNITIES[(i as usize / CITIES.len()) % COMMUNITIES.len()];
        let (kind, form) = *pick(&mut rng, VENUE_KINDS);
        let language = *pick(&mut rng, community.languages);
        let word = capitalised(zipf(&mut rng, &self.vocabulary[language]));
        // Within some five kilometres of the middle of the city, rounded to a metre.
        let near = |rng: &mut ChaCha8Rng, middle: f64| ((middle + rng.random_range(-0.05..0.05)) * 1e5_f64).round() / 1e5;
        let closes = ["23:00", "01:00", "02:00", "04:00"][rng.random_range(0..4)];
        Venue {
            id: format!("v{i}"),
            name: format!("{word} {form}"),
            kind: kind.to_owned(),
            location: Some(Point { longitude: near(&mut rng, longitude), latitude: near(&mut rng, latitude) }),
            city: Some(city.to_owned()),
            address: Some(Address {
                street: Some(format!("{} {}", capitalised(zipf(&mut rng, &self.vocabulary[0])), rng.random_range(1..200))),
                country: Some(country.to_owned()),
                ..Address::default()
            }),
            opening_hours: Some(format!("Mo-Th 17:00-23:00; Fr-Sa 17:00-{closes}")),
            tags: some(&mut rng, community.tags, 2),
            genres: some(&mut rng, community.genres, 2),
            tastes: vec![community.name.to_owned()],
            description: None,
            capacity: Some(rng.random_range(3..80) * 10),
            popularity: Some(rng.random_range(0..=100)),
            website: None,
            source: Some("generated".to_owned()),
        }
    }

    /// Playlist `i`, below [`Sizes::playlists`].
    pub fn playlist(&self, i: u32) -> Playlist {
        let mut rng = self.rng(Stream::Playlist, i);
        let community = community_of(i);
        let owner = (i % TASTES + TASTES * rng.random_range(0..(self.sizes.users / TASTES).max(1))) % self.sizes.users.max(1);
        let mut song_ids = Vec::new();
        let (mut artists, mut duration) = (Vec::new(), 0_i64);
        for _ in 0..rng.random_range(8..40) {
            let number = self.song_of(i % TASTES, &mut rng);
            let id = Self::song_id(number);
            if !song_ids.contains(&id) {
                let song = self.song(number);
                duration += i64::from(song.duration_ms.unwrap_or(0));
                crate::import::add_once(&mut artists, &song.artists[0]);
                song_ids.push(id);
            }
        }
        let language = *pick(&mut rng, community.languages);
        Playlist {
            id: format!("p{i}"),
            name: self.title(&mut rng, language),
            description: Some(format!("{}, {}", community.name, pick(&mut rng, community.tags))),
            owner_id: Some(format!("u{owner}")),
            owner: Some(self.user(owner).name),
            genres: some(&mut rng, community.genres, 2),
            tags: some(&mut rng, community.tags, 2),
            artists,
            song_count: i32::try_from(song_ids.len()).ok(),
            song_ids,
            duration_ms: Some(duration),
            followers: Some((rng.random::<f64>().powi(5) * 5_000.0) as i32),
            collaborative: Some(rng.random_bool(0.2)),
            created: Some(format!("{}-03-01T12:00:00Z", rng.random_range(2019..2024))),
            updated: Some("2024-06-01T12:00:00Z".to_owned()),
        }
    }

    /// A song of a community, the popular ones more often.
    fn song_of(&self, taste: u32, rng: &mut ChaCha8Rng) -> u32 {
        let position = self.spread.position(zipf_rank(rng, self.spread.count));
        (taste + TASTES * position) % self.sizes.songs.max(1)
    }

    /// All artists.
    pub fn artists(&self) -> impl Iterator<Item = Artist> {
        (0..self.sizes.artists).map(|i| self.artist(i))
    }

    /// All songs.
    pub fn songs(&self) -> impl Iterator<Item = Song> {
        (0..self.sizes.songs).map(|i| self.song(i))
    }

    /// All users.
    pub fn users(&self) -> impl Iterator<Item = User> {
        (0..self.sizes.users).map(|i| self.user(i))
    }

    /// All venues.
    pub fn venues(&self) -> impl Iterator<Item = Venue> {
        (0..self.sizes.venues).map(|i| self.venue(i))
    }

    /// All playlists.
    pub fn playlists(&self) -> impl Iterator<Item = Playlist> {
        (0..self.sizes.playlists).map(|i| self.playlist(i))
    }

    /// What users listened to: some forty songs each, three quarters from their first community. A song may come more than once
    /// for a user; its plays add up.
    pub fn listens(&self) -> impl Iterator<Item = Listen> {
        (0..self.sizes.users).flat_map(move |user| {
            let mut rng = self.rng(Stream::Listens, user);
            let tastes = self.tastes_of(user);
            let count = rng.random_range(15..65);
            (0..count).map(move |_| {
                let taste = match rng.random_range(0..100) {
                    0..75 => tastes[0],
                    75..93 => tastes[1],
                    _ => rng.random_range(0..TASTES),
                };
                let item = Self::song_id(self.song_of(taste, &mut rng));
                let weight = f64::from(1 + (rng.random::<f64>().powi(4) * 60.0) as i32);
                Listen { user: format!("u{user}"), item, weight }
            })
        })
    }

    /// Who goes to which of these venues: each belongs to one community of taste by its place in the list, and people go to some of their
    /// own community, close together in the list, and now and then elsewhere.
    pub(crate) fn visits_among(&self, venues: &[String]) -> Vec<Listen> {
        let count = u32::try_from(venues.len()).unwrap_or(u32::MAX);
        let mut out = Vec::new();
        if count < TASTES {
            return out;
        }
        for user in 0..self.sizes.users {
            let mut rng = self.rng(Stream::Visits, user);
            let tastes = self.tastes_of(user);
            let home = rng.random_range(0..20u32);
            for _ in 0..rng.random_range(4..12) {
                let taste = if rng.random_bool(0.8) { tastes[0] } else { rng.random_range(0..TASTES) };
                let near = (home * 3 + rng.random_range(0..3)) * TASTES + taste;
                let venue = &venues[(near % count) as usize];
                out.push(Listen { user: format!("u{user}"), item: venue.clone(), weight: 1.0 });
            }
        }
        out
    }

    /// Who goes where: users visit venues of their city, mostly of their own taste. `item` is the venue, `weight` the visits.
    pub fn visits(&self) -> impl Iterator<Item = Listen> {
        let cities = u32::try_from(CITIES.len()).unwrap_or(1);
        let layers = (self.sizes.venues / (cities * TASTES)).max(1);
        (0..self.sizes.users).flat_map(move |user| {
            let mut rng = self.rng(Stream::Visits, user);
            let city = u32::try_from(self.city_of(user)).unwrap_or(0);
            let tastes = self.tastes_of(user);
            (0..rng.random_range(2..9)).map(move |_| {
                let taste = if rng.random_bool(0.8) { tastes[0] } else { rng.random_range(0..TASTES) };
                let venue = (city + cities * (taste + TASTES * rng.random_range(0..layers))) % self.sizes.venues.max(1);
                Listen { user: format!("u{user}"), item: format!("v{venue}"), weight: f64::from(rng.random_range(1..20)) }
            })
        })
    }
}

fn community_of(i: u32) -> &'static Community {
    &COMMUNITIES[(i % TASTES) as usize]
}

fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    match chars.next() {
        Some(first) if first.is_lowercase() => first.to_uppercase().chain(chars).collect(),
        _ => word.to_owned(),
    }
}

fn features(rng: &mut ChaCha8Rng, community: &Community) -> AudioFeatures {
    let thousandth = |x: f64| (x * 1000.0).round() / 1000.0;
    // The sum of two uniform numbers: a hill around the community's mean.
    let mut around = |mean: f64, width: f64| thousandth(mean + (rng.random::<f64>() + rng.random::<f64>() - 1.0) * width);
    let mut share = |i: usize| Some(around(community.features[i], 0.25).clamp(0.0, 1.0));
    let (danceability, energy, speechiness, acousticness) = (share(0), share(1), share(2), share(3));
    let (instrumentalness, liveness, valence) = (share(4), share(5), share(6));
    let (loudness, tempo) = (around(community.loudness, 4.0).min(0.0), around(community.tempo, 25.0));
    AudioFeatures {
        danceability,
        energy,
        loudness: Some(loudness),
        speechiness,
        acousticness,
        instrumentalness,
        liveness,
        valence,
        tempo: Some(tempo),
        key: Some(rng.random_range(0..12)),
        mode: Some(i32::from(rng.random_bool(0.6))),
    }
}

#[cfg(test)]
mod tests;
