// What a verification sends, and under which names.

import Flow
import Liquid

/// Stores, a workflow and events of one verification, told from all others by a name.
///
/// Events take turns through the keys, and each key belongs to one store, so that the n-th event of a key comes after
/// the n-1 before it.
struct VerificationPlan: Sendable {
    /// Begins the name of every organization, store and workflow of a verification.
    static let nameStart = "sluice-verify-"
    /// The member of the payload that the workflow orders by. No app has it.
    private static let keyMember = "verify_key"

    let name: String
    let trigger: NamedTrigger
    let action: ActionReference
    let storeCount: Int
    let keyCount: Int
    private let payload: [String: JSON]
    private let inputs: [String: JSON]

    /// - Throws: wrong use, where the catalogue has no such trigger or action, or the action can't be used.
    init(
        trigger: String, action: String, stores: Int, keys: Int, catalogue: Catalogue,
        name: String = Self.freshName()
    ) throws(CommandError) {
        let named = try catalogue.namedTrigger(trigger)
        guard let reference = ActionReference(action), let definition = catalogue.action(reference) else {
            throw .wrongUse(
                "the catalogue has no action “\(action)”", at: "--action",
                do: "write it as CONNECTOR/ACTION, such as slack/send-message; list them with: "
                    + "sluice connectors show CONNECTOR")
        }
        guard definition.returns == nil else {
            throw .wrongUse(
                "\(reference) must be answered with a value, which this command's endpoint doesn't give",
                at: "--action", do: "choose an action without a return value, such as slack/send-message")
        }
        var generator = SeededGenerator(seed: 1)
        let sample = SamplePayload.make(
            for: named.trigger, types: named.connector.types, using: &generator, at: SampleTime.fixed)
        payload = sample.objectValue ?? [:]
        inputs = SamplePayload.make(for: definition, using: &generator, at: SampleTime.fixed)
        self.name = name
        self.trigger = named
        self.action = reference
        storeCount = stores
        keyCount = max(keys, stores)
    }

    static func freshName() -> String {
        nameStart + String(UInt64.random(in: 1 << 30..<1 << 40), radix: 36)
    }

    var workflow: String { name }

    /// Of a domain that nobody can have.
    func store(_ number: Int) -> String { "\(name)-\(number + 1).invalid" }

    var stores: [String] { (0..<storeCount).map { store($0) } }

    /// The event of a number, counted from 0.
    func event(_ number: Int) -> (event: TriggerEvent, key: String) {
        let key = number % keyCount
        return (event("\(number)", store: store(key % storeCount), key: "\(key)"), "\(key)")
    }

    /// An event that asks whether the workers know a store. It belongs to no key of the others.
    func probe(_ store: String, _ turn: Int) -> TriggerEvent {
        event("probe-\(turn)", store: store, key: "probe")
    }

    private func event(_ id: String, store: String, key: String) -> TriggerEvent {
        var payload = payload
        payload[Self.keyMember] = .string(key)
        let identity = EventIdentity(
            source: trigger.connector.id, store: store, id: "\(name)-\(id)", trigger: trigger.reference)
        return TriggerEvent(identity: identity, payload: .object(payload), time: SampleTime.now)
    }

    /// Documents for `apply`: an organization, its stores with both apps and connections of their own, and a workflow.
    ///
    /// - Parameters:
    ///   - endpoint: where the senders deliver to.
    ///   - secretVariable: the variable that holds what signs their requests.
    func documents(endpoint: String, secretVariable: String) -> [JSON] {
        let apps = Set([trigger.connector.id, action.connector]).sorted().map { JSON.string($0) }
        let stores = stores.flatMap { store -> [JSON] in
            [
                [
                    "kind": "store", "domain": .string(store), "organization": .string(name),
                    "apps": .array(apps),
                ],
                [
                    "kind": "connection", "connector": .string(action.connector), "store": .string(store),
                    "endpoint": .string(endpoint), "secret": ["env": .string(secretVariable)],
                ],
            ]
        }
        let step: JSON = [
            "id": "send", "action": .string("\(action)"), "inputs": .object(inputs),
        ]
        let workflow: JSON = [
            "kind": "workflow", "id": .string(workflow), "organization": .string(name),
            "trigger": .string("\(trigger.reference)"), "order_by": .string("trigger.\(Self.keyMember)"),
            "steps": [step],
        ]
        return [["kind": "organization", "id": .string(name)]] + stores + [workflow]
    }

    /// Topics that it needs.
    func topics(_ topics: Topics) -> Set<String> {
        [
            topics.registry, topics.runs, topics.dead, topics.triggers(trigger.connector.id),
            topics.actions(action.connector), topics.waiting(action.connector),
        ]
    }
}
