import Flow
import Liquid

/// What one `flowTriggerReceive` comes to: an event, or why it is none.
///
/// Texts, their order and `field` are Shopify's, as third parties captured them with the Admin API 2026-04:
/// github.com/airhorns/shopify-draft-proxy, fixtures/conformance, `flow-trigger-receive` (read 2026-11). What is wrong
/// with a trigger's own fields was not captured; our words stand in the same frame.
enum FlowTriggerReading: Hashable {
    case event(TriggerDefinition, payload: JSON)
    case refused(field: String, message: String)

    /// Bytes of a payload's JSON: Flow's own limit.
    static let payloadLimit = TriggerEvent.payloadLimit
    /// Lines of a message; nobody reads more.
    private static let lineLimit = FlowTriggerBody.lineLimit

    /// - Parameters:
    ///   - connector: the one that speaks.
    ///   - limit: bytes of a payload, where it is less than Flow's.
    init(_ arguments: FlowTriggerArguments, of connector: ConnectorDefinition, limit: Int) {
        let limit = min(limit, Self.payloadLimit)
        if let body = arguments.body {
            guard arguments.handle == nil, arguments.payload == nil else {
                self = .refused(
                    field: "body",
                    message: "Cannot use `handle` and `payload` arguments with `body` argument")
                return
            }
            do throws(FlowTriggerBody.Fault) {
                let body = try FlowTriggerBody(body, of: connector, limit: limit)
                self = Self.read(body.properties, body.trigger, connector)
            } catch {
                self = Self.invalid(error.lines)
            }
            return
        }
        guard let handle = arguments.handle, let payload = arguments.payload else {
            self = .refused(field: "handle", message: "`handle` and `payload` arguments are required")
            return
        }
        self = Self.read(handle, payload, connector, limit)
    }

    private static func read(
        _ handle: String, _ payload: JSON, _ connector: ConnectorDefinition, _ limit: Int
    ) -> FlowTriggerReading {
        guard payload.isWritten(within: limit) else { return .invalid([FlowTriggerBody.tooLarge(limit)]) }
        guard let trigger = connector.trigger(handle) else {
            return .invalid(["Invalid handle '\(handle.prefix(FlowTriggerBody.textLimit))'."])
        }
        guard payload.objectValue != nil else {
            return .invalid([FlowTriggerBody.misfit("properties", payload, "an Object")])
        }
        return read(payload, trigger, connector)
    }

    private static func read(
        _ payload: JSON, _ trigger: TriggerDefinition, _ connector: ConnectorDefinition
    ) -> FlowTriggerReading {
        guard payload.isNested(within: TriggerEvent.payloadDepth) else {
            return .invalid(["the payload is nested deeper than \(TriggerEvent.payloadDepth) levels"])
        }
        let problems = trigger.validate(payload, types: connector.types)
        guard problems.isEmpty else { return .invalid(problems.map(\.description)) }
        return .event(trigger, payload: payload)
    }

    private static func invalid(_ lines: [String]) -> FlowTriggerReading {
        let text = lines.prefix(lineLimit).joined(separator: "\n  ")
        return .refused(field: "body", message: "Errors validating schema:\n  \(text)\n")
    }

    /// `FlowTriggerReceivePayload`, all of it.
    var answer: JSON {
        guard case .refused(let field, let message) = self else { return ["userErrors": []] }
        return ["userErrors": [["field": [.string(field)], "message": .string(message)]]]
    }
}
