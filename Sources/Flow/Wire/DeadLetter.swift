import Liquid

/// A record that ended in the dead topic: its original bytes with where it came from and why.
package struct DeadLetter: Hashable, Sendable {
    /// Which role gave up, at what.
    package enum Stage: String, Sendable, CaseIterable {
        /// A trigger record that can't be used.
        case trigger
        /// An action record that can't be read.
        case action
        /// An action run that its app rejected.
        case rejected
        /// An action run whose attempts or age ran out.
        case exhausted
        /// A waiting record that can't be read.
        case waiting
    }

    package var connector: String
    package var stage: Stage
    package var reason: String
    package var store: String?
    package var place: RecordPlace
    /// RFC 3339, by the role's clock.
    package var time: String
    package var actionRun: RunID?
    /// Headers and bytes of the original record.
    package var headers: [WireHeader]
    package var value: [UInt8]?
    /// The runs behind it in its key's order wait for what becomes of it.
    package var holdsKey: Bool

    package init(
        connector: String, stage: Stage, reason: String, store: String?, place: RecordPlace, time: String,
        actionRun: RunID?,
        headers: [WireHeader], value: [UInt8]?, holdsKey: Bool = false
    ) {
        self.connector = connector
        self.stage = stage
        self.reason = reason
        self.store = store
        self.place = place
        self.time = time
        self.actionRun = actionRun
        self.headers = headers
        self.value = value
        self.holdsKey = holdsKey
    }

    /// What is kept of a value that its topic refuses as too large.
    package static let cutLength = 500_000

    private static let ownHeaders: Set<String> = [
        HeaderName.deadConnector, HeaderName.deadStage, HeaderName.reason, HeaderName.deadTopic,
        HeaderName.deadPartition,
        HeaderName.deadOffset, HeaderName.deadTime, HeaderName.actionRun, HeaderName.holdsKey,
    ]

    package func record(_ topics: Topics) -> WireRecord {
        var all = headers.filter { !Self.ownHeaders.contains($0.name) }
        all += [
            WireHeader(HeaderName.deadConnector, connector), WireHeader(HeaderName.deadStage, stage.rawValue),
            WireHeader(HeaderName.reason, reason), WireHeader(HeaderName.deadTopic, place.topic),
            WireHeader(HeaderName.deadPartition, place.partition),
            WireHeader(HeaderName.deadOffset, place.offset),
            WireHeader(HeaderName.deadTime, time),
        ]
        if let actionRun { all.append(WireHeader(HeaderName.actionRun, actionRun.description)) }
        if holdsKey { all.append(WireHeader(HeaderName.holdsKey, 1)) }
        return WireRecord(topic: topics.dead, key: store.map { Array($0.utf8) }, value: value, headers: all)
    }

    /// Nil for a record that is no dead letter.
    package init?(_ record: WireRecord) {
        guard let connector = record.header(HeaderName.deadConnector),
            let stage = record.header(HeaderName.deadStage).flatMap({ Stage(rawValue: $0) }),
            let reason = record.header(HeaderName.reason),
            let topic = record.header(HeaderName.deadTopic),
            let partition = record.header(HeaderName.deadPartition).flatMap({ Int32($0) }),
            let offset = record.header(HeaderName.deadOffset).flatMap({ Int64($0) }),
            let time = record.header(HeaderName.deadTime)
        else { return nil }
        self.init(
            connector: connector, stage: stage, reason: reason, store: record.keyText,
            place: RecordPlace(topic: topic, partition: partition, offset: offset), time: time,
            actionRun: record.header(HeaderName.actionRun).flatMap { RunID($0) },
            headers: record.headers.filter { !Self.ownHeaders.contains($0.name) }, value: record.value,
            holdsKey: record.header(HeaderName.holdsKey) != nil)
    }
}
