import Flow

/// A waiting record: the action record's own headers and value, and beside them why and how long it waits.
///
/// Key: `action_run_id` and, for replays, `/` and their count. A tombstone of the key ends the waiting.
extension ParkedRun {
    package func record(topic: String, partition: Int32) -> WireRecord? {
        guard let original = run.record else { return nil }
        var headers = original.headers.filter { !HeaderName.ofWaiting.contains($0.name) }
        headers += [
            WireHeader(HeaderName.reason, reason.rawValue),
            WireHeader(HeaderName.originOffset, run.position),
            WireHeader(HeaderName.attempt, run.attempts),
            WireHeader(HeaderName.age, run.age),
        ]
        if let delay { headers.append(WireHeader(HeaderName.delay, delay.milliseconds)) }
        if !cause.detail.isEmpty { headers.append(WireHeader(HeaderName.waitsFor, cause.detail)) }
        if let first = run.firstAttempt { headers.append(WireHeader(HeaderName.firstAttempt, first)) }
        return WireRecord(
            topic: topic, partition: partition, key: run.key.waitingKey, value: original.value,
            headers: headers)
    }
}

extension RunKey {
    package var waitingKey: [UInt8] { Array((replay == 0 ? "\(id)" : "\(id)/\(replay)").utf8) }

    /// Reads a waiting record's key; nil for any other key.
    package init?(waitingKey: [UInt8]?) {
        // Only what `waitingKey` writes: another text for the same copy would be a record that no tombstone ends.
        guard let waitingKey,
            !waitingKey.contains(where: { (UInt8(ascii: "A")...UInt8(ascii: "F")).contains($0) }),
            let id = RunID(utf8: waitingKey.prefix(36))
        else { return nil }
        let rest = waitingKey.dropFirst(36)
        guard !rest.isEmpty else {
            self.init(id: id, replay: 0)
            return
        }
        guard rest.first == UInt8(ascii: "/"),
            let count = String(validating: rest.dropFirst(), as: UTF8.self),
            let replay = Int(count), (1...Self.replayLimit).contains(replay), String(replay) == count
        else { return nil }
        self.init(id: id, replay: replay)
    }
}

/// What a waiting record says, besides the run's own record.
package struct WaitingNote: Hashable, Sendable {
    package internal(set) var run: QueuedRun
    package let cause: WaitCause
    package let delay: Duration?
    package var reason: WaitReason { cause.reason }

    init(run: QueuedRun, cause: WaitCause, delay: Duration?) {
        self.run = run
        self.cause = cause
        self.delay = delay
    }

    /// Nil for a record that no version of ours wrote: one that waits for a time must say which, or it would wait for
    /// ever.
    package init?(_ record: WireRecord) {
        guard let key = RunKey(waitingKey: record.key), record.value != nil,
            let reason = record.header(HeaderName.reason).flatMap({ WaitReason(rawValue: $0) }),
            let position = record.header(HeaderName.originOffset).flatMap({ Int64($0) })
        else { return nil }
        cause = WaitCause(reason, detail: record.header(HeaderName.waitsFor) ?? "")
        delay = record.header(HeaderName.delay).flatMap { Int64($0) }.map { .milliseconds($0) }
        guard delay != nil || (reason != .retry && reason != .wait) else { return nil }
        run = QueuedRun(
            key: key, position: position, orderingKey: record.header(HeaderName.orderingKey),
            store: record.header(HeaderName.store) ?? "",
            attempts: Int(Self.count(record.header(HeaderName.attempt), upTo: Int64(Int32.max))),
            age: Self.count(record.header(HeaderName.age), upTo: Self.ageLimit),
            firstAttempt: record.header(HeaderName.firstAttempt).flatMap { Int64($0) }, record: record)
    }

    /// Milliseconds; beyond any retry's age, and far from where numbers end.
    private static let ageLimit: Int64 = 1 << 52

    /// What is counted on from: within limits, so that no record can end the counting, or the process.
    private static func count(_ text: String?, upTo limit: Int64) -> Int64 {
        min(max(0, text.flatMap { Int64($0) } ?? 0), limit)
    }
}
