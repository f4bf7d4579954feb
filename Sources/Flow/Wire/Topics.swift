/// Every topic's name. All carry one prefix, so that several installations can share a cluster.
package struct Topics: Hashable, Sendable {
    package let prefix: String

    package init(prefix: String = "sluice") {
        self.prefix = prefix
    }

    /// Trigger events of one connector. Key: store.
    package func triggers(_ connector: String) -> String { "\(prefix).triggers.\(connector)" }
    /// Action runs of one connector. Key: the ordering key.
    package func actions(_ connector: String) -> String { "\(prefix).actions.\(connector)" }
    /// The waiting set's changelog, compacted. Key: action_run_id; same partition numbers as `actions`.
    package func waiting(_ connector: String) -> String { "\(prefix).waiting.\(connector)" }
    /// Records that can't be used and runs that failed for good. Key: store.
    package var dead: String { "\(prefix).dead" }
    /// What happened, one record per event, attempt and end of a run. Key: store.
    package var runs: String { "\(prefix).runs" }
    /// Stores, connections and workflows, compacted, one partition. Key: kind/id/version/nonce.
    package var registry: String { "\(prefix).registry" }

    package func connector(ofTriggers topic: String) -> String? {
        suffix(topic, after: "\(prefix).triggers.")
    }
    package func connector(ofWaiting topic: String) -> String? { suffix(topic, after: "\(prefix).waiting.") }
    package func connector(ofActions topic: String) -> String? { suffix(topic, after: "\(prefix).actions.") }

    private func suffix(_ topic: String, after start: String) -> String? {
        topic.hasPrefix(start) && topic.count > start.count ? String(topic.dropFirst(start.count)) : nil
    }
}

/// Consumer groups, with the topics' prefix.
extension Topics {
    package var matcherGroup: String { "\(prefix).matcher" }
    package var senderGroup: String { "\(prefix).sender" }
}

/// Every header's name.
package enum HeaderName {
    package static let specVersion = "ce_specversion"
    package static let id = "ce_id"
    package static let source = "ce_source"
    package static let type = "ce_type"
    package static let time = "ce_time"
    package static let subject = "ce_subject"
    package static let contentType = "content-type"
    package static let traceParent = "traceparent"

    /// Version of the record's format, `1`.
    package static let format = "sluice_format"
    package static let store = "sluice_store"
    package static let orderingKey = "sluice_ordering_key"
    /// How often a person sent the run again.
    package static let replay = "sluice_replay"
    /// Attempts that were made.
    package static let attempt = "sluice_attempt"
    /// The first attempt's time, ms since 1970 by the sender's clock; shown to people, never computed with.
    package static let firstAttempt = "sluice_first_attempt_ms"
    /// Time spent on attempts and between them, ms; counts against the age limit.
    package static let age = "sluice_age_ms"
    /// How long after its append the record is due.
    package static let delay = "sluice_delay_ms"
    /// Why a run waits.
    package static let reason = "sluice_reason"
    /// What holds it, or which gate it waits at.
    package static let waitsFor = "sluice_waits_for"
    /// The workflow that an action is a step of.
    package static let workflow = "sluice_workflow"
    /// When the event was published that an action is for, ms since 1970.
    package static let eventTime = "sluice_event_time_ms"
    /// What the calls that were made of an action that takes several came to, JSON.
    package static let checkpoint = "sluice_checkpoint"
    /// `1` where an earlier attempt may have done what the run is for, `0` where none has.
    package static let mayHaveActed = "sluice_may_have_acted"
    /// Of a record of an actions topic that is no run: what was decided about one that is in doubt.
    package static let decision = "sluice_decision"
    /// Of a record of a waiting topic that says that an attempt began: what to do when nobody says how it ended.
    package static let inDoubt = "sluice_in_doubt"
    /// And that this was said already.
    package static let isNamed = "sluice_in_doubt_named"
    /// The action record's own offset: its place in its key's order.
    package static let originOffset = "sluice_origin_offset"

    package static let deadConnector = "sluice_connector"
    package static let deadStage = "sluice_stage"
    package static let deadTopic = "sluice_source_topic"
    package static let deadPartition = "sluice_source_partition"
    package static let deadOffset = "sluice_source_offset"
    package static let deadTime = "sluice_time"
    package static let actionRun = "sluice_action_run_id"
    /// Of a dead letter that the runs behind it wait for.
    package static let holdsKey = "sluice_holds_key"
    /// The original's bytes, where its topic took only a part of them.
    package static let deadCut = "sluice_cut_from"
    /// Of a dead letter that holds a vendor's webhook as it came, and no trigger event.
    package static let webhook = "sluice_webhook"
    /// Of a trigger event that was sent again: the id that it had at first.
    package static let replayOf = "sluice_replay_of"

    /// Of a record of the dead topic that is no letter: what became of one.
    package static let resolution = "sluice_resolution"
    package static let letterPartition = "sluice_letter_partition"
    package static let letterOffset = "sluice_letter_offset"
    /// The copy that was sent: an action run's id and replay count, or a connector and an event's new id.
    package static let replayedAs = "sluice_replayed_as"
    /// Which run of a command it was.
    package static let command = "sluice_command"

    /// What waiting adds to an action record's own headers.
    package static let ofWaiting: Set<String> = [
        reason, originOffset, attempt, age, delay, firstAttempt, waitsFor,
    ]
}
