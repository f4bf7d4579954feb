// The log's lines as JSON, out and in: for GET /log, for the log file, and for tests that read either.

import Flow
import Liquid

extension DeliveryEntry {
    /// One line of JSON without a line break: `sequence, time_ms, connector, action, store, action_run_id, attempt,
    /// signature_valid, answer, success, properties`, and where there is something to say `kind`, `call` and `fault`.
    package var jsonBytes: [UInt8] {
        var members: [String: JSON] = [
            "sequence": .integer(Int64(sequence)), "time_ms": .integer(time), "connector": .string(connector),
            "action": .string(action), "store": .string(store), "action_run_id": .string(runID),
            "attempt": .integer(Int64(attempt)),
            "signature_valid": isSignatureValid.map { .bool($0) } ?? .null,
            "answer": .string(answer), "success": .bool(isSuccess),
        ]
        if kind != .delivery { members["kind"] = .string(kind.rawValue) }
        members["call"] = call.map { .string($0) }
        members["fault"] = fault.map { .string($0) }
        return JSON.object(members).jsonBytes.dropLast() + Array(",\"properties\":".utf8) + propertiesJSON + [
            UInt8(ascii: "}")
        ]
    }

    /// Reads what ``jsonBytes`` wrote; nil for anything else.
    package init?(json: JSON) {
        guard let sequence = json["sequence"]?.integerValue, let time = json["time_ms"]?.integerValue,
            let connector = json["connector"]?.stringValue, let action = json["action"]?.stringValue,
            let store = json["store"]?.stringValue, let runID = json["action_run_id"]?.stringValue,
            let attempt = json["attempt"]?.integerValue, let answer = json["answer"]?.stringValue,
            let isSuccess = json["success"]?.boolValue, let properties = json["properties"],
            let kind = Kind(rawValue: json["kind"]?.stringValue ?? Kind.delivery.rawValue)
        else { return nil }
        let handle = action == connector ? "" : String(action.dropFirst(connector.count + 1))
        let request = ActionRequest(
            connector: connector, handle: handle, store: store, runID: runID,
            propertiesJSON: properties.jsonBytes)
        self.init(
            request, sequence: Int(sequence), time: time, kind: kind, call: json["call"]?.stringValue,
            attempt: Int(attempt), isSignatureValid: json["signature_valid"]?.boolValue, answer: answer,
            fault: json["fault"]?.stringValue, isSuccess: isSuccess)
    }
}
