import Connectors
import Flow
import Liquid

/// What is sent when a dead letter is replayed: the original record again, as a copy with a name of its own.
///
/// A run goes to its actions topic under its `action_run_id` with the next replay count, so that no sender takes it for
/// a repeat, and its app sees the same id. An event that could not be used gets a new id, which names the old one. Doing
/// it again gives the same copy: a repeat is known as one by sender and matcher.
package struct LetterReplay: Hashable, Sendable {
    package let record: WireRecord
    /// The replay's number, from 1.
    package let count: Int
    /// What the resolution record says of it.
    package let copy: String

    /// Why a letter can't be sent again.
    package struct Refusal: Error, Hashable, Sendable {
        package let reason: String
    }

    /// What letters are checked against, so that none is sent that would only come back.
    package struct Rules: Sendable {
        package let topics: Topics
        package let catalogue: Catalogue
        package let payloadLimit: Int
        /// Nil = not asked.
        package let existing: Set<String>?

        /// - Parameter existing: the topics that are there.
        package init(
            topics: Topics, catalogue: Catalogue, payloadLimit: Int = TriggerEvent.payloadLimit,
            existing: Set<String>? = nil
        ) {
            self.topics = topics
            self.catalogue = catalogue
            self.payloadLimit = payloadLimit
            self.existing = existing
        }

        fileprivate func check(_ topic: String) throws(Refusal) {
            guard existing?.contains(topic) != false else {
                throw Refusal(reason: "the topic \(topic) doesn't exist")
            }
        }
    }

    package init(of letter: DeadLetter, _ rules: Rules) throws(Refusal) {
        guard letter.header(HeaderName.deadCut) == nil else {
            throw Refusal(reason: "only a part of its bytes was kept")
        }
        switch letter.stage {
        case .trigger: try self.init(event: letter, rules)
        case .action, .rejected, .exhausted, .waiting: try self.init(run: letter, rules)
        }
    }

    private init(record: WireRecord, count: Int, copy: String) {
        self.record = record
        self.count = count
        self.copy = copy
    }

    // MARK: Runs

    private init(run letter: DeadLetter, _ rules: Rules) throws(Refusal) {
        guard rules.catalogue[letter.connector]?.actions.isEmpty == false else {
            throw Refusal(reason: "its connector has no actions")
        }
        try rules.check(rules.topics.actions(letter.connector))
        let count = letter.replay + 1
        // What the last attempt came to is not in it.
        let ofCopy = HeaderName.ofWaiting.union([HeaderName.replay, HeaderName.mayHaveActed])
        var headers = letter.headers.filter { !ofCopy.contains($0.name) }
        headers.append(WireHeader(HeaderName.replay, count))
        var record = WireRecord(
            topic: rules.topics.actions(letter.connector), key: nil, value: letter.value, headers: headers)
        let run: ActionRun
        do throws(UnusableRecord) {
            run = try ActionRun(record)
        } catch {
            throw Refusal(reason: "this version can't read the run: \(error)")
        }
        guard let queued = QueuedRun(action: record, position: 0), queued.key.id == run.id else {
            throw Refusal(reason: "this version can't read the run: its headers name none or another one")
        }
        guard run.action.connector == letter.connector else {
            throw Refusal(reason: "its action belongs to another connector")
        }
        record.key = run.record(rules.topics).key
        self.init(
            record: record, count: count, copy: String(decoding: queued.key.waitingKey, as: UTF8.self))
    }

    // MARK: Events

    private init(event letter: DeadLetter, _ rules: Rules) throws(Refusal) {
        guard let connector = rules.topics.connector(ofTriggers: letter.place.topic) else {
            throw Refusal(reason: "its topic is none of these topics' triggers")
        }
        try rules.check(letter.place.topic)
        guard letter.header(HeaderName.webhook) == nil else {
            throw Refusal(
                reason:
                    "it is a webhook as the vendor sent it, which no trigger could be made of; let the vendor "
                    + "send it again, or send the event to the trigger endpoint")
        }
        guard let store = letter.store else { throw Refusal(reason: "it names no store") }
        guard let id = letter.eventID, !id.isEmpty else { throw Refusal(reason: "it has no event id") }
        let original = letter.header(HeaderName.replayOf) ?? id
        let count = letter.replay + 1
        let newID = Self.id(count, of: original, store: store, connector: connector)
        let record = Self.renamed(letter, newID, original: original, count: count, rules)
        do throws(UnusableRecord) {
            let event = try TriggerDecision.event(
                of: record, connector: connector, catalogue: rules.catalogue,
                payloadLimit: rules.payloadLimit)
            // Structured events have their id in their value.
            guard event.identity.id == newID else { throw UnusableRecord("its id can't be replaced") }
        } catch {
            throw Refusal(reason: "still unusable: \(error)")
        }
        self.init(record: record, count: count, copy: "\(connector)/\(newID)")
    }

    /// `<old id>~r1`; a long id is replaced by its digest.
    private static func id(_ count: Int, of original: String, store: String, connector: String) -> String {
        let ending = "~r\(count)"
        guard original.utf8.count + ending.utf8.count > 255 else { return original + ending }
        return "\(RunID.workflowRun(store: store, source: connector, event: original, workflow: ""))\(ending)"
    }

    /// The letter's own headers; a matcher may move the copy to its store's partition again.
    private static func renamed(
        _ letter: DeadLetter, _ id: String, original: String, count: Int, _ rules: Rules
    ) -> WireRecord {
        let replaced: Set<String> = [
            HeaderName.replay, HeaderName.replayOf, HeaderName.resolution, TriggerDecision.movedHeader,
        ]
        var headers: [WireHeader] = []
        for header in letter.headers where !replaced.contains(header.name) {
            headers.append(header.name == HeaderName.id ? WireHeader(HeaderName.id, id) : header)
        }
        headers += [WireHeader(HeaderName.replay, count), WireHeader(HeaderName.replayOf, original)]
        var value = letter.value
        // What is no JSON stays as it is, and is found unusable.
        if letter.isStructuredEvent, let bytes = value, let document = try? JSONParser.parse(bytes),
            var members = document.objectValue
        {
            members["id"] = .string(id)
            value = JSON.object(members).jsonBytes
        }
        return WireRecord(
            topic: letter.place.topic, key: letter.store.map { Array($0.utf8) }, value: value,
            headers: headers)
    }
}
