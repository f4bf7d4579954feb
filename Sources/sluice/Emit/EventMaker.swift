// Makes the events that are emitted.

import Flow
import Liquid

/// A sequence of trigger events, made one by one: equal settings make equal events, ids included.
///
/// Triggers take turns first, then stores: with two triggers and two stores the first four events are each trigger in
/// the first store, then each in the second.
struct EventMaker: Sendable {
    let triggers: [NamedTrigger]
    let stores: StoreNames
    let total: Int
    /// The given id; events of a longer sequence have their number behind it.
    var id: String?
    /// What is sent instead of a sample.
    var data: JSON?
    var changes: [PayloadChange] = []
    var validates = true
    /// The moment that dates in samples count from.
    var sampleTime: String = SampleTime.fixed
    /// The events' own time; asked for each event.
    var time: @Sendable () -> String = { SampleTime.now }
    private var seeds: SeededGenerator
    private(set) var made = 0

    /// - Parameter count: nil = one for each trigger and store.
    init(triggers: [NamedTrigger], stores: StoreNames, count: Int? = nil, seed: UInt64) {
        self.triggers = triggers
        self.stores = stores
        total = triggers.isEmpty || stores.count == 0 ? 0 : count ?? triggers.count * stores.count
        seeds = SeededGenerator(seed: seed)
    }

    /// The next event; nil after the last.
    ///
    /// - Throws: wrong use, for a payload that can't be: it is told before anything is sent where it is the first's.
    mutating func next() throws(CommandError) -> TriggerEvent? {
        guard made < total else { return nil }
        var generator = SeededGenerator(seed: seeds.next())
        let named = triggers[made % triggers.count]
        let store = stores[made / triggers.count]
        let eventID = id.map { total == 1 ? $0 : "\($0)-\(made + 1)" } ?? Self.id(using: &generator)
        var payload =
            data
            ?? SamplePayload.make(
                for: named.trigger, types: named.connector.types, using: &generator, at: sampleTime)
        for change in changes {
            payload = try change.applied(to: payload, of: named, isStrict: validates)
        }
        // Samples are valid as they are made.
        if validates, data != nil || !changes.isEmpty { try Self.check(payload, named) }
        made += 1
        return TriggerEvent(
            identity: EventIdentity(
                source: named.connector.id, store: store, id: eventID, trigger: named.reference),
            payload: payload, time: time())
    }

    private static func id(using generator: inout SeededGenerator) -> String {
        [generator.next(), generator.next()].map { number in
            let digits = String(number, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    private static func check(_ payload: JSON, _ named: NamedTrigger) throws(CommandError) {
        let problems = named.trigger.validate(payload, types: named.connector.types)
        guard problems.isEmpty else {
            throw .wrongUse(
                "the payload does not fit \(named.reference)",
                do:
                    "correct it, or give --no-validate, to see what becomes of it; the fields: sluice connectors show "
                    + named.connector.id,
                details: problems.map(\.description))
        }
        let size = payload.jsonBytes.count
        guard size <= TriggerEvent.payloadLimit else {
            throw .wrongUse(
                "the payload has \(size) bytes; the limit is \(TriggerEvent.payloadLimit)",
                do: "make it smaller, or give --no-validate, to see what becomes of it")
        }
    }
}
