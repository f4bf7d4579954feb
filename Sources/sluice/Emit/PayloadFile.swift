// `--data`.

import Flow
import Foundation
import Liquid

/// A payload from a file, or from standard input (`-`).
enum PayloadFile {
    /// Bytes that are read at most: beyond any payload, short of harm.
    private static let sizeLimit = 10_000_000

    static func read(_ path: String) throws(CommandError) -> JSON {
        let name = path == "-" ? "standard input" : path
        guard let handle = path == "-" ? FileHandle.standardInput : FileHandle(forReadingAtPath: path),
            let data = try? handle.read(upToCount: sizeLimit + 1)  // empty input, or a folder
        else {
            throw .wrongUse(
                "there is no payload to read", at: name, do: "name a readable file with a JSON object")
        }
        guard data.count <= sizeLimit else {
            throw .wrongUse(
                "the payload is larger than \(sizeLimit) bytes, the most that is read", at: name,
                do: "make it smaller; Sluice takes payloads of up to \(TriggerEvent.payloadLimit) bytes")
        }
        return try parse(Array(data), name: name)
    }

    static func parse(_ bytes: [UInt8], name: String) throws(CommandError) -> JSON {
        let payload: JSON
        do throws(JSONError) {
            payload = try JSONParser.parse(bytes)
        } catch {
            throw .wrongUse(
                "the payload is not JSON: \(error.what)",
                at: "\(name):\(TextPlace(offset: error.offset, in: bytes))")
        }
        guard payload.objectValue != nil else {
            throw .wrongUse(
                "the payload is \(payload.kindName)", at: name,
                do: "a payload is a JSON object of the trigger's fields")
        }
        return payload
    }
}
