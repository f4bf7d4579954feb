import Flow

/// A record of the waiting topic that says that an attempt began, until its outcome is written: what a successor finds of
/// it is in doubt.
///
/// Key: that of the run's waiting record and `#start`. Value: the runs record that names the doubt.
package struct StartNote: Hashable, Sendable {
    package let run: RunKey
    package let store: String
    /// The action record's own offset.
    package let position: Int64
    package private(set) var policy: ActionDefinition.InDoubtPolicy
    /// A successor found it, and the doubt is in the run records.
    package var isNamed = false
    package var decision: Decision?
    /// What the run records say of the doubt; nil once somebody decided.
    package let doubt: RunRecord?
    /// How long after somebody else took over the vendor may be asked what came of it; nil = at once.
    package let lookUpDelay: Duration?

    package init(
        run: RunKey, store: String, position: Int64, policy: ActionDefinition.InDoubtPolicy,
        doubt: RunRecord?, lookUpDelay: Duration? = nil
    ) {
        self.run = run
        self.store = store
        self.position = position
        self.policy = policy
        self.doubt = doubt
        self.lookUpDelay = lookUpDelay
    }

    private static let suffix = Array("#start".utf8)
    /// Milliseconds; a day.
    private static let delayLimit: Int64 = 86_400_000

    package static func key(of run: RunKey) -> [UInt8] { run.waitingKey + suffix }

    /// The run that a key is about; nil where it is that of another record.
    package static func run(ofKey key: [UInt8]?) -> RunKey? {
        guard let key, key.count > suffix.count, key.suffix(suffix.count).elementsEqual(suffix) else {
            return nil
        }
        return RunKey(waitingKey: Array(key.dropLast(suffix.count)))
    }

    package func record(topic: String, partition: Int32) -> WireRecord {
        var headers = [
            WireHeader(HeaderName.format, ActionRun.format), WireHeader(HeaderName.store, store),
            WireHeader(HeaderName.originOffset, position), WireHeader(HeaderName.inDoubt, policy.rawValue),
        ]
        if let lookUpDelay { headers.append(WireHeader(HeaderName.delay, lookUpDelay.milliseconds)) }
        if isNamed { headers.append(WireHeader(HeaderName.isNamed, "1")) }
        if let decision { headers.append(WireHeader(HeaderName.decision, decision.rawValue)) }
        return WireRecord(
            topic: topic, partition: partition, key: Self.key(of: run),
            value: doubt?.value.jsonBytes ?? Array("{}".utf8), headers: headers)
    }

    /// Nil for a record of another kind, and for a tombstone.
    package init?(_ record: WireRecord) {
        guard let run = Self.run(ofKey: record.key), let value = record.value,
            let position = record.header(HeaderName.originOffset).flatMap({ Int64($0) }),
            let policy = record.header(HeaderName.inDoubt).flatMap({
                ActionDefinition.InDoubtPolicy(rawValue: $0)
            })
        else { return nil }
        self.init(
            run: run, store: record.header(HeaderName.store) ?? "", position: position, policy: policy,
            doubt: Self.doubt(in: value),
            lookUpDelay: record.header(HeaderName.delay).flatMap { Int64($0) }
                .flatMap { (0...Self.delayLimit).contains($0) ? .milliseconds($0) : nil })
        isNamed = record.header(HeaderName.isNamed) != nil
        decision = record.header(HeaderName.decision).flatMap { Decision(rawValue: $0) }
    }

    /// The same, of a run that is not sent again unasked, whatever holds for others of its action.
    package var asking: StartNote {
        var note = self
        note.policy = .ask
        return note
    }

    /// Whether somebody has to decide about it.
    package var isAsking: Bool { policy == .ask && isNamed && decision == nil }

    private static func doubt(in value: [UInt8]) -> RunRecord? {
        do throws(JSONError) {
            return RunRecord(value: try JSONParser.parse(value))
        } catch {
            // The run itself says what it is; only the record of its doubt is lost.
            return nil
        }
    }
}

/// A record of an actions topic that says what was decided about a run in doubt. Its key is the action record's, so that it
/// lies in the run's own partition, behind it.
package struct DecisionRecord: Hashable, Sendable {
    package let key: RunKey
    package let decision: Decision

    package init(key: RunKey, decision: Decision) {
        self.key = key
        self.decision = decision
    }

    package init?(_ record: WireRecord) {
        guard let decision = record.header(HeaderName.decision).flatMap({ Decision(rawValue: $0) }),
            let id = record.header(HeaderName.id).flatMap({ RunID($0) })
        else { return nil }
        self.init(
            key: RunKey(id: id, replay: record.header(HeaderName.replay).flatMap { Int($0) } ?? 0),
            decision: decision)
    }

    package func record(topic: String, partition: Int32) -> WireRecord {
        WireRecord(
            topic: topic, partition: partition, key: Array(key.id.description.utf8), value: [],
            headers: [
                WireHeader(HeaderName.format, ActionRun.format),
                WireHeader(HeaderName.id, key.id.description),
                WireHeader(HeaderName.replay, key.replay), WireHeader(HeaderName.decision, decision.rawValue),
            ])
    }
}
