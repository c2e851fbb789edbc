// Written by types.mjs from the server's own description; not to be changed by hand.

/** A document with an action; upload when none is given. Its fields stand beside the action. */
export interface Action {
  /** `upload` (default), `merge`, `mergeOrUpload` or `delete`. */
  "@search.action"?: string | null;
}

/** Any JSON object. */
export type AnyObject = Record<string, unknown>;

/** Somebody who may not come back. */
export interface Ban {
  id: MemberId;
  name: string;
  reason: string | null;
}

/** Counts of a square of the map. */
export interface Cell {
  /** Of its middle. */
  lat: number;
  lon: number;
  matches: number;
  people: number;
  /** Metres along a side. */
  size_m: number;
}

/** What to change of one's account; what is left out stays. */
export interface ChangeBody {
  /** A short text such as an emoji; an empty one takes it away. */
  avatar?: string | null;
  name?: string | null;
  privacy?: PrivacyBody | null;
}

/** One way to go on. */
export interface Completion {
  /** The whole text with them in it. */
  query: string;
  /** The completed words. */
  text: string;
}

/** How what is being typed may go on. */
export interface Completions {
  completions: Completion[];
  took_ms: number;
}

/** Whether a user may be counted near venues. */
export interface Consent {
  nearby: boolean;
  user: string;
}

/** Whether a user may be counted. */
export interface ConsentBody {
  nearby: boolean;
}

/** A batch. One document alone, or a list of them, is taken too. */
export interface DocumentBatch {
  value: Action[];
}

/** What confirms an erasure. */
export interface EraseBody {
  /** Of a user; a guest sends none. */
  password?: string | null;
}

/** An erasure that is not finished. */
export interface Erasing {
  /** `underWay`. */
  state: string;
}

/** A refusal. */
export interface ErrorAnswer {
  error: ErrorBody;
}

/** What was refused, why, and what would help. */
export type ErrorBody = {
  /** What a client acts on, such as `NOT_FOUND`. */
  code: string;
  /** More about it. */
  details?: ErrorDetail[];
  /** What is wrong and what would be right, for people. */
  message: string;
  /** Where in the request the mistake is. */
  position?: ErrorPosition;
  /** Milliseconds after which another try may help; `Retry-After` says it in seconds. */
  retryAfterMs?: number;
} & Record<string, unknown>;

/** One more thing about a refusal. */
export interface ErrorDetail {
  code: string;
  message: string;
}

/** A place in a parameter's text. */
export interface ErrorPosition {
  /** Character in the line, from 1. */
  column: number;
  /** Bytes of the mistake. */
  length: number;
  /** Line, from 1. */
  line: number;
  /** Bytes before the mistake. */
  offset: number;
  /** The parameter. */
  parameter: string;
}

/** A part of a score; the value of a part follows from those below it. */
export interface Explanation {
  description: string;
  details?: Explanation[];
  value: number;
}

/** Everything that is kept about a person, one member for each part of the server. */
export type Export = Record<string, unknown>;

/** What the matches have in a field. */
export interface Facet {
  buckets?: FacetBucket[];
  field: string;
  /** Instead of buckets: `sum`, `min`, `max`, `avg` or `cardinality`. */
  metric?: string;
  /** The metric's value, null of nothing. */
  value?: unknown;
}

/** A value, or a range from `from` up to `to`. */
export type FacetBucket = {
  count: number;
  value: unknown;
} | {
  count: number;
  from?: unknown;
  to?: unknown;
};

/** A value and the documents that have it. */
export interface FacetValue {
  count: number;
  value: string;
}

/** Values of a facet by what is typed. */
export interface FacetValues {
  field: string;
  took_ms: number;
  /** How many values match. */
  total: number;
  values: FacetValue[];
}

/** A genre's part of a taste. */
export interface GenreShare {
  genre: string;
  /** 0 to 1. */
  share: number;
}

/** A point in GeoJSON. */
export interface GeoPoint {
  /** Longitude and latitude. */
  coordinates: [number, number];
  /** `Point`. */
  type: string;
}

/** Matches that share a value. */
export interface Group {
  /** Matches in the group. */
  count: number;
  /** The value; null for a document without one, which is a group of its own. */
  value?: unknown;
}

/** What is asked for a group. */
export interface GroupBody {
  filter?: string | null;
  include_known?: boolean | null;
  k?: number | null;
  members: MemberBody[];
  played?: PlayedBody[];
  rules?: RulesBody;
  strategy?: string | null;
}

/** A song for a group. */
export interface GroupSong {
  artist?: string;
  /** Picked because a member was owed a song. */
  due?: boolean;
  /** Whom it suits, those it suits best first. */
  for: MemberReason[];
  id: string;
  reason: string;
  title?: string;
  /** 1 for the strategy's best. */
  value: number;
}

/** The next songs for a group. */
export interface GroupSongs {
  /** The names by which members are called below. */
  members: string[];
  songs: GroupSong[];
  strategy: string;
}

/** A guest who has come in. */
export interface Guest {
  /** Says who one is from now on, in `Authorization: Bearer`. */
  token: string;
  userId: string;
}

/** Who comes in as a guest. */
export interface GuestBody {
  /** What others see, 1 to 40 characters. */
  name: string;
}

/** The process lives. */
export interface Health {
  status: string;
  version: string;
}

/** A document that was found. */
export interface Hit {
  /** With `near`: kilometres to the nearest place; null for a document without a point. */
  distance: number | null;
  document: Record<string, unknown>;
  explanation?: Explanation;
  /** With `distinct`: the group it is the first of. */
  group?: Group;
  /** Fragments of fields with what matched marked. */
  highlights?: Record<string, string[]>;
  key: string;
  /** The curation rule that put it first. */
  pinned?: string;
  /** With `tasteOf`: what the hits are in the order of. */
  rank?: number;
  score: number;
  /** With `tasteOf`: the part of the catalogue that these people like less, 0 to 1; null for songs the model does not know. */
  taste: number | null;
}

/** Counts of an hour of the week. */
export interface HourCount {
  day: string;
  hour: number;
  matches: number;
  people: number;
}

/** An index. */
export interface Index {
  /** Bytes on disk. */
  bytes: number;
  /** Its definition in Azure AI Search's JSON. */
  definition: Record<string, unknown>;
  /** Documents in it. */
  documents: number;
  name: string;
}

/** An index in a list. */
export interface IndexSummary {
  /** Documents in it. */
  documents: number;
  name: string;
  /** Where it is searched: a query goes behind the `=`. */
  search: string;
}

/** The indexes. */
export interface Indexes {
  indexes: IndexSummary[];
}

/** One interaction, a list of them, or `{"value": [...]}`. */
export type InteractionBatch = InteractionBody[];

/** Something a user did. */
export interface InteractionBody {
  /** Seconds since 1970, or a time like `2026-11-25T20:30:00Z`; now unless given. */
  at?: unknown;
  item: string;
  /** `listen`, `like`, `dislike`, `skip`, and others; a wrong one is answered with the list. */
  kind: string;
  /** How often; 1 unless given. */
  times?: number | null;
  user: string;
  /** Where. */
  venue?: string | null;
}

/** Interactions that were taken in. */
export interface InteractionsTaken {
  appended: number;
  /** Their place in the log. */
  sequence: number;
}

/** A song's place in one room's queue: the same song added twice has two. */
export type ItemId = string;

/** What makes documents alike. */
export interface Like {
  /** Heaviest first. */
  terms: LikeTerm[];
}

/** A term of the document that others are to be like. */
export interface LikeTerm {
  field: string;
  term: string;
  /** Occurrences times the inverse document frequency. */
  weight: number;
}

/** Somebody described by what they like. */
export interface LikesBody {
  dislikes?: string[];
  filter?: string | null;
  k?: number | null;
  likes?: string[];
  rules?: RulesBody;
}

/** Who logs in. */
export interface LogInBody {
  email: string;
  password: string;
}

/** Events in order, and the number to go on with. */
export interface LogPage {
  events: RoomEvent[];
  /** Null at the end. */
  next: number | null;
}

/** One's own account. */
export interface Me {
  avatar: string | null;
  /** Unix milliseconds; a guest never signed up. */
  createdAt: number | null;
  email: string | null;
  name: string;
  privacy: Privacy;
  role: Role;
  userId: string;
}

/** A member of a room. */
export interface Member {
  checkedIn: boolean;
  /** Unix milliseconds. */
  checkedInUntil: number | null;
  id: MemberId;
  name: string;
  online: boolean;
  role: MemberRole;
  /** Vetoes spent this evening. */
  vetoes: number;
}

/** A member: somebody known, or a guest with likes. */
export interface MemberBody {
  dislikes?: string[];
  likes?: string[] | null;
  name?: string | null;
  /** How many of the last songs played the member was there for; all of them when it is left out. */
  present?: number | null;
  user?: string | null;
  vetoes?: string[];
  weight?: number | null;
}

/** A member of a room: the id of a user, or [`MemberId::server`]. */
export type MemberId = string;

/** Why a song suits a member. */
export interface MemberReason {
  because: ScoredSong[];
  /** How likely the member likes it, 0 to 1. */
  chance: number;
  member: string;
  score: number;
}

/** What a member may do. */
export type MemberRole = "host" | "cohost" | "guest" | "screen";

/** How pleased a member is. */
export interface MemberTaste {
  id: MemberId;
  /** Whether anything is known of the member's taste. */
  known: boolean;
  name: string | null;
  /** How well what was played suited the member, 0 to 1. */
  satisfaction: number | null;
}

/** A chat message. */
export interface Message {
  /** Who. */
  by: MemberId;
  /** Taken back. */
  deleted: boolean;
  /** Number of the message it answers. */
  replyTo: number | null;
  /** Its number. */
  seq: number;
  /** What; empty when it was taken back. */
  text: string;
  /** When. */
  ts: number;
}

/** A model, or why there is none. */
export type ModelState = {
  dimensions: number;
  /** On the part that was held out; null when none was. */
  held_out_ndcg: number | null;
  /** The last interaction that went in. */
  interactions: number;
  items: number;
  /** Passes over the interactions that it took. */
  passes: number;
  people: number;
  /** Why a newer one was not taken up. */
  refused: string | null;
  /** Seconds since 1970. */
  trained_at: number;
  /** The weight of item-item scores. */
  walks: number;
} | {
  /** Why. */
  error: string;
};

/** Who around a venue would like it: counts of users who agreed to be counted, rounded down to fives. Parts with fewer are not there. */
export interface NearbyMatches {
  best_hour: HourCount | null;
  cells: Cell[];
  /** The day they were counted, since 1970. */
  day: number;
  hours: HourCount[];
  /** What they like, the most liked first. */
  like: string[];
  matches: number;
  /** What the counts are, for people. */
  note: string;
  people: number;
  /** The part that matches, 0 to 1. */
  share: number | null;
  venue: string;
}

/** What plays. */
export interface Now {
  /** Unix milliseconds at which it stood at `position_ms`. */
  atMs: number;
  /** Who added it. */
  by: MemberId;
  /** Its id in this room. */
  item: ItemId;
  /** Milliseconds from its start, at `at_ms`. */
  positionMs: number;
  /** Members who want it to end. */
  skips: MemberId[];
  /** The song. */
  song: Song;
  /** When it started. */
  startedMs: number;
  /** Whether it runs. */
  state: PlayState;
}

/** A song and how often it was played. */
export interface OftenPlayed {
  artist: string;
  id: string;
  times: number;
  title: string;
}

/** The answer to an op: `ok`, `rev`, and what the op gives back. */
export type OpAnswer = Record<string, unknown>;

/** The payload of an op by its name. `op` makes it safe to repeat; one is made when it is left out. */
export type OpBody = Record<string, unknown>;

/** What became of one action. */
export interface Outcome {
  errorMessage: string | null;
  key: string;
  /** Whether it was done. */
  status: boolean;
  statusCode: number;
}

/** What became of a batch. */
export interface Outcomes {
  value: Outcome[];
}

/** What one likes and dislikes, by song. */
export interface OwnTasteBody {
  dislikes?: string[];
  likes?: string[];
}

/** How many likes and dislikes were taken in. */
export interface OwnTasteTaken {
  dislikes: number;
  likes: number;
}

/** One's venues. */
export interface OwnVenues {
  venues: Ownership[];
}

/** Who owns a venue. */
export interface Owners {
  owners: Ownership[];
}

/** A venue and one of its owners. */
export interface Ownership {
  /** Unix milliseconds. */
  since: number;
  userId: string;
  venue: string;
}

/** A password that is replaced. */
export interface PasswordBody {
  newPassword: string;
  password: string;
}

/** Some people, and where the next ones begin. */
export interface People {
  /** Passed as `after`, gives the next ones. */
  next: string | null;
  people: Person[];
}

/** What others see of a person. */
export interface Person {
  avatar: string | null;
  name: string;
  userId: string;
}

/** A picture that was shared. */
export interface Picture {
  /** Who shared it. */
  by: MemberId;
  /** What the sender says about it. */
  caption: string | null;
  /** Its content type. */
  mime: string;
  /** Its id. */
  picture: PictureId;
  /** When. */
  ts: number;
  /** Where members get it. */
  url: string;
}

/** A picture shared in a room. */
export type PictureId = string;

/** Whether the current song is playing. */
export type PlayState = "playing" | "paused";

/** What played. */
export interface Played {
  /** Who added it. */
  by: MemberId;
  /** When it ended. */
  endedMs: number;
  /** Its id in this room. */
  item: ItemId;
  /** Why it ended. */
  reason: Reason;
  /** The song. */
  song: Song;
  /** When it started. */
  startedMs: number;
}

export interface PlayedBody {
  seconds_ago?: number;
  song: string;
}

/** A song that was played. */
export interface PlayedSong {
  /** Who added it: a member's id, or `server`. */
  by: MemberId;
  /** Null while it plays. */
  endedMs: number | null;
  /** Its id in this room. */
  item: ItemId;
  reason: Reason | null;
  song: Song;
  /** Unix milliseconds. */
  startedMs: number;
}

/** A playlist that is continued. */
export interface PlaylistBody {
  /** An OData filter over the index of songs. */
  filter?: string | null;
  k?: number | null;
  rules?: RulesBody;
  /** Ids of its songs. */
  songs: string[];
}

/** What one shares. All of it is off until it is switched on. */
export interface Privacy {
  /** Others find one by name. */
  discoverable: boolean;
  /** Others see when one is online. */
  presence: boolean;
  /** One's taste counts for others. */
  shareTaste: boolean;
}

/** Switches to set. */
export interface PrivacyBody {
  discoverable?: boolean | null;
  presence?: boolean | null;
  shareTaste?: boolean | null;
}

/** A song that waits. */
export interface QueueEntry {
  /** Number of the event that added it. */
  addedSeq: number;
  /** A member's id, or `server`. */
  by: MemberId;
  down: number;
  /** Its id in this room. */
  item: ItemId;
  /** What its adder says about it. */
  note: string | null;
  /** Index that a move gave it. */
  pin: number | null;
  pinned: boolean;
  /** Ups minus downs. */
  score: number;
  /** Number of the event that last changed its score. */
  scoreSeq: number;
  song: Song;
  up: number;
  vetoes: string[];
  votes: Record<string, Vote>;
}

/** How a queue is ordered. */
export type QueueOrder = "fair" | "votes" | "fifo";

/** A part of every day with an energy of its own. It may go over midnight. */
export interface QuietHours {
  /** 0 to 1. */
  energy: number;
  /** Local time, like `23:00`. */
  from: string;
  /** Local time, like `07:00`; from here on it is over. */
  to: string;
}

/** Songs to ask about. */
export interface Quiz {
  ask: TasteSong[];
}

/** The server can answer. */
export interface Readiness {
  /** Of a joined server. */
  redis?: RedisHealth;
  /** `ready`, or `degraded` when a joined server has lost Redis. */
  status: string;
}

/** Why a song left the queue or the player, or a member the room. */
export type Reason = "removed" | "veto" | "downvoted" | "banned" | "voted" | "skipped" | "replaced" | "finished" | "timeout" | "left" | "kicked";

/** A song that is recommended. */
export interface RecommendedSong {
  artist?: string;
  /** The liked songs that add most to the score. */
  because?: ScoredSong[];
  id: string;
  /** Why, in a few words. */
  reason: string;
  /** Of a cold start there is none. */
  score?: number;
  title?: string;
}

/** Songs, the best first. */
export interface RecommendedSongs {
  songs: RecommendedSong[];
}

/** A venue as a map needs it. */
export type RecommendedVenue = {
  /** Why, in a few sentences. */
  because: string[];
  /** How full it is, 0 to 1, as far as check-ins say. */
  crowd: number | null;
  distance_m: number;
  id: string;
  location: GeoPoint;
  /** The part of those asked for who have not been there. */
  new_to_you: number;
  /** `open`, `closed` or `unknown`. */
  open: string;
  /** Local time at which that changes. */
  open_until: string | null;
  score: number;
  /** How well it suits, 0 to 1. */
  taste: number;
} & Record<string, unknown>;

/** How a joined server stands with Redis. */
export interface RedisHealth {
  connected: boolean;
  /** Writes that were lost with Redis and could not be replayed. */
  lost: number;
}

/** The refresh token that is traded for new tokens. */
export interface RefreshBody {
  refreshToken: string;
}

/** What somebody is. */
export type Role = "guest" | "user" | "venueOwner" | "admin" | "screen";

/** A role that is given. */
export interface RoleBody {
  /** `user`, `venueOwner` or `admin`. */
  role: string;
}

/** The room at a revision. */
export interface RoomAt {
  rev: number;
  state: RoomState;
}

/** A room that is made. */
export interface RoomBody {
  /** Songs the autopilot starts with, by id. */
  house_list?: Record<string, unknown>[] | null;
  /** 1 to 40 characters. */
  name?: string | null;
  /** Settings that differ from the defaults. */
  settings?: Record<string, unknown> | null;
  venue?: VenuePlace | null;
}

/** A room's new code. */
export interface RoomCode {
  code: string;
  link: string;
}

/** One entry of a room's log, as it is sent to clients. */
export interface RoomEvent {
  /** A member's id, or `server`. */
  by: string;
  /** What happened; its members depend on the type. */
  data: Record<string, unknown>;
  /** The id of the op that caused it, when it is the op's own event. */
  op: string | null;
  room: string;
  /** Its number, from 1, without holes. */
  seq: number;
  /** Unix milliseconds; never less than of the event before. */
  ts: number;
  /** Such as `song.added`. */
  type: string;
}

/** Everything that was played, oldest first. */
export interface RoomHistory {
  room: RoomId;
  songs: PlayedSong[];
}

/** A room. */
export type RoomId = string;

/** A room that was made. */
export interface RoomMade {
  /** The code that guests join by. */
  code: string;
  id: string;
  /** Where a browser opens it. */
  link: string;
  rev: number;
  /** Lets a screen show the room. It is no guest. */
  screenToken: string;
}

/** The evening as a playlist. */
export interface RoomPlaylist {
  name: string;
  room: RoomId;
  songs: Song[];
}

/** The settings of a room, as they stand on the wire. */
export interface RoomSettings {
  /** Another of the queue's songs may be the same song. */
  allowDuplicates: boolean;
  /** Events of an app's own, `app:NAME`, are taken. */
  appEvents: boolean;
  /** The server adds songs when the queue runs low. */
  autopilot: boolean;
  /** The queue runs low when it is shorter than this. */
  autopilotMinQueue: number;
  /** Members may chat. */
  chat: boolean;
  /** The energy wished for over the evening: Unix milliseconds and 0 calm to 1 intense, ascending. */
  energyCurve: [number, number][];
  /** Explicit songs are allowed. */
  explicit: boolean;
  /** Songs that the catalogue does not know are allowed. */
  externalSongs: boolean;
  /** What a device hears becomes what plays. */
  followDetected: boolean;
  /** Milliseconds after which a member without a connection has left. */
  graceMs: number;
  /** Guests may add songs. */
  guestsAdd: boolean;
  /** Guests may move songs. */
  guestsMove: boolean;
  /** Queued songs of one member. */
  maxPerMember: number;
  /** Queued songs of all. */
  maxQueue: number;
  /** How the queue is ordered. */
  order: QueueOrder;
  /** Members may share pictures. */
  pictures: boolean;
  /** Adding and voting need a check-in. */
  requireCheckin: boolean;
  /** Part of those present whose votes end a song, 0 to 1. */
  skipShare: number;
  /** Guests whose vetoes remove a song. */
  vetoCount: number;
  /** Vetoes of one guest in an evening. */
  vetoesPerMember: number;
}

/** A room at one revision. */
export interface RoomState {
  /** Who may not come back; seen by host and cohosts only. */
  bans?: Ban[];
  /** What was said, oldest first. */
  chat: Message[];
  /** What played, oldest first. */
  history: Played[];
  /** In the order in which they joined. */
  members: Member[];
  name: string;
  now: Now | null;
  /** A closed room takes no ops. */
  open: boolean;
  /** Pictures that were shared, oldest first. */
  pictures: Picture[];
  /** Songs that wait, the next first. */
  queue: QueueEntry[];
  /** Number of the last event. */
  rev: number;
  settings: RoomSettings;
  /** Songs of each member that counted as a turn. */
  turns: Record<string, number>;
}

/** What anyone who has the room's id may know. */
export interface RoomSummary {
  /** The code that guests join by. */
  code: string;
  id: RoomId;
  /** Where a browser opens it. */
  link: string;
  /** How many are members. */
  members: number;
  name: string;
  /** How many of them are connected. */
  online: number;
  open: boolean;
  /** Songs that wait. */
  queue: number;
  /** Number of the last event. */
  rev: number;
  settings: RoomSettings;
  /** The venue whose room it is. */
  venueId: string | null;
}

/** How the songs of a room suit those present. */
export interface RoomTaste {
  members: MemberTaste[];
  rev: number;
  songs: SongTaste[];
}

/** A rule: what it does to a list, and when. */
export interface Rule {
  boost: RuleFactor[];
  enabled: boolean;
  /** From when on it holds, RFC 3339. */
  from: string | null;
  /** Keys of documents that are left out. */
  hide: string[];
  name: string;
  /** Keys of documents that join the matches and stand first, in this order. */
  pin: string[];
  /** The higher, the earlier it decides, -1000 to 1000. */
  priority: number;
  /** Until when it holds, RFC 3339. */
  until: string | null;
  when: RuleWhen;
}

/** A rule as it is given. */
export interface RuleBody {
  /** Up to 10. */
  boost?: RuleFactor[];
  enabled?: boolean;
  from?: string | null;
  /** Up to 1,000 keys. */
  hide?: string[];
  /** Up to 100 keys. */
  pin?: string[];
  priority?: number;
  until?: string | null;
  when: RuleWhen;
}

/** A factor of the scores of documents that a filter holds of. */
export interface RuleFactor {
  /** 0.01 to 100. */
  factor: number;
  filter: string;
}

/** The rules of an index, by precedence. */
export interface RuleList {
  rules: Rule[];
}

/** How queries are compared. */
export type RuleMatch = "is" | "contains";

/** When a rule holds: both must where both are given. */
export interface RuleWhen {
  /** The filter of the search, blanks and outer parentheses aside. */
  filter?: string;
  /** With `query`: whether it is what is searched, or its words stand in a row in it. */
  match?: RuleMatch;
  /** What is searched. */
  query?: string;
}

/** A host's rules, as they come in; what is left out is as [`Rules::default`] has it. */
export interface RulesBody {
  artist_spacing?: number | null;
  clean?: boolean | null;
  energy?: number | null;
  /** `[[seconds from now, energy], ...]`: the energy wished for is read from the line through these points. */
  energy_curve?: number[][] | null;
  everyone_served?: boolean | null;
  misery?: number | null;
  new_songs?: boolean | null;
  only?: string[] | null;
  relevance?: number | null;
  transitions?: boolean | null;
  without?: string[] | null;
  years?: number[] | null;
}

/** A song and a number. */
export interface ScoredSong {
  artist?: string;
  id: string;
  score: number;
  title?: string;
}

/** What a search found. */
export interface SearchResult {
  /** The query in a better spelling. */
  did_you_mean?: string;
  facets?: Facet[];
  hits: Hit[];
  /** With `like` and `explain`: the terms that documents were looked for by. */
  like?: Like;
  /** Passed as `cursor`, gives the next page. */
  next?: string;
  /** With `explain=true`: the curation rules that held, by precedence. */
  rules?: string[];
  took_ms: number;
  /** How many match; left out with `count=false`. */
  total?: number;
  warnings?: string[];
}

/** One sign-in. Times are Unix milliseconds. */
export interface Session {
  /** What the client called itself. */
  agent: string | null;
  createdAt: number;
  /** Whether it is the session of this request. */
  current: boolean;
  expiresAt: number;
  id: string;
  usedAt: number;
}

/** Where one is signed in. */
export interface Sessions {
  sessions: Session[];
}

/** A change of a room's name or settings. */
export interface SettingsBody {
  name?: string | null;
  /** Only those that change. */
  settings?: Record<string, unknown> | null;
}

/** Who signs up. With a guest's token the guest becomes the user, and keeps the name unless another is given. */
export interface SignUpBody {
  email: string;
  name?: string | null;
  /** At least 8 characters, not one that is tried first everywhere. */
  password: string;
}

/** Tokens of a session. */
export interface SignedIn {
  accessToken: string;
  /** Seconds that the access token is good for. */
  expiresIn: number;
  /** Good for one trade at `/v1/sessions/refresh`. */
  refreshToken: string;
  userId: string;
}

/** An artist like another. */
export interface SimilarArtist {
  artist: string | null;
  reason: string;
  score: number;
}

/** Artists like another. */
export interface SimilarArtists {
  artists: SimilarArtist[];
}

/** A user of a similar taste. */
export interface SimilarUser {
  reason: string;
  score: number;
  /** Songs that both like. */
  shared_songs: number;
  user: string | null;
}

/** Users of a similar taste. */
export interface SimilarUsers {
  users: SimilarUser[];
}

/** A song as a room knows it. */
export interface Song {
  /** Who performs it. */
  artist: string;
  /** Milliseconds. */
  durationMs: number;
  /** Whether the lyrics are explicit. */
  explicit?: boolean;
  /** Its id in the catalogue, or any other. */
  id: SongId;
  /** Its title. */
  title: string;
}

/** A song, in the catalogue or as a client named it. */
export type SongId = string;

/** Where in a room a song is. */
export type SongPlace = "queue" | "now" | "history";

/** How a song suits each member. */
export interface SongTaste {
  /** Its id in this room. */
  item: ItemId;
  place: SongPlace;
  /** By member, the part of the catalogue that the member likes less, 0 to 1. */
  scores: Record<string, number>;
  song: SongId;
}

/** How many songs a style leaves. */
export interface SongsLeft {
  left: number;
  /** Songs in all. */
  of: number;
}

/** A venue's style and what it leaves. */
export interface StyleAnswer {
  songs: SongsLeft;
  style: VenueStyle;
}

/** What a style would leave. */
export interface StyleEffect {
  songs: SongsLeft;
}

/** A document that fits. */
export interface Suggestion {
  document: Record<string, unknown>;
  key: string;
  /** The value that fits, what was typed marked in it. */
  text: string;
}

/** Documents for what is being typed. */
export interface Suggestions {
  suggestions: Suggestion[];
  took_ms: number;
}

/** A song: its id, and what the model knows of it. */
export interface TasteSong {
  artist?: string;
  id: string;
  title?: string;
}

/** The models in use and the job that makes new ones. */
export interface TasteState {
  /** Interactions that are kept. */
  interactions: number;
  /** The number of the last one. */
  last: number;
  songs: ModelState;
  training: TrainingJob;
  venues: ModelState;
}

/** The last training. */
export interface TrainingJob {
  /** Why it failed. */
  error: string | null;
  /** The last figure on the held-out part. */
  held_out_ndcg: number | null;
  /** The objective after the last. */
  loss: number | null;
  /** `songs` or `venues`; none before the first. */
  of: string | null;
  /** Passes done. */
  passes: number;
  /** Whether it goes on. */
  running: boolean;
}

/** A training that has begun. */
export interface TrainingStarted {
  /** Where its progress is shown. */
  state: string;
  /** `songs` or `venues`. */
  training: string;
}

/** Songs for a user. */
export interface UserSongs {
  songs: RecommendedSong[];
  user: string;
}

/** Visits of the last days. */
export interface VenueHistory {
  /** Today last; every day is there. */
  days: VisitedDay[];
  /** 168 counts of visits, Monday 00:00 first. */
  hours: number[];
  /** What the venue's room played, the most often played first. */
  songs: OftenPlayed[];
  venue: string;
}

/** Songs for those who are there. */
export interface VenueMusic {
  /** For whom they are: `who is there now`, `who usually comes`, `popular here`. */
  for: string;
  present: number;
  songs: TasteSong[];
  venue: string;
}

/** A venue now: who is there and how it suits them. */
export type VenueOverview = {
  /** How those present suit what the venue usually hears, 0 to 1; null while fewer than `least` are there. */
  fit: number | null;
  /** People of whom something may be said, at least. */
  least: number;
  /** How many are there. */
  present: number;
  room: VenueRoom | null;
  taste: VenueTastes;
  venue: string;
} & Record<string, unknown>;

/** A place, and how far around it belongs to it. */
export interface VenuePlace {
  lat: number;
  lon: number;
  /** Metres. */
  radiusM?: number | null;
}

/** The open room of a venue. */
export interface VenueRoom {
  code: string;
  id: string;
  link: string;
  members: number;
  online: number;
  /** Songs that wait. */
  queue: number;
}

/** The style of a venue's music. */
export interface VenueStyle {
  /** Ids of songs that are never played. */
  blocked?: string[];
  /** The energy wished for, 0 calm to 1 intense. */
  energy?: number | null;
  /** Explicit songs may be played. */
  explicit?: boolean;
  /** The only genres that are played; empty for all. */
  only?: string[];
  quiet?: QuietHours | null;
  /** Genres that are not played, as the index has them. */
  without?: string[];
  /** First and last year. */
  years?: [number, number] | null;
}

/** What is liked, by genres. */
export interface VenueTastes {
  /** Of those who are there; null while fewer than `least` are. */
  evening: GenreShare[] | null;
  /** Of those who usually come. */
  house: GenreShare[];
}

/** Venues around a place, the best first. */
export interface Venues {
  /** The local time that opening hours were read at. */
  local_time: string;
  /** Latitude and longitude. */
  near: [number, number];
  /** Users of whom nothing is known. */
  unknown: string[];
  venues: RecommendedVenue[];
}

/** A day of a venue. */
export interface VisitedDay {
  day: string;
  /** How they suited the venue, 0 to 1; null for too few. */
  fit: number | null;
  /** Different users. */
  people: number;
  visits: number;
}

/** A vote on a queued song. */
export type Vote = "up" | "down" | "none";
