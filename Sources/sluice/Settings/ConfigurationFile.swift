// The configuration file.

import Configuration
import Flow
import Foundation
import Liquid

/// A JSON file with settings, as `{"prefix": "shop", "kafka": {"properties": {"security.protocol": "SSL"}}}`.
struct ConfigurationFile: Sendable {
    /// Nil without a file.
    let provider: (any ConfigProvider)?
    /// What stands below `kafka.properties`. Names with dots and nested objects mean the same.
    let kafkaProperties: [String: String]

    /// - Throws: wrong use, for a file that can't be read or is no JSON object.
    init(path: String?) async throws {
        guard let path else {
            provider = nil
            kafkaProperties = [:]
            return
        }
        let document = try Self.document(at: path)
        kafkaProperties = try Self.properties(of: document, path)
        do {
            // Given the path by a reader, because its own type of path comes from a package that is not ours.
            provider = try await FileProvider<JSONSnapshot>(
                config: ConfigReader(
                    provider: InMemoryProvider(values: [
                        "filePath": ConfigValue(.string(path), isSecret: false)
                    ])))
        } catch {
            throw CommandError.wrongUse("the configuration file can't be used: \(error)", at: path)
        }
    }

    private static func document(at path: String) throws(CommandError) -> JSON {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw .wrongUse(
                "the configuration file can't be read", at: path,
                do: "check its name and that this user may read it")
        }
        let document: JSON
        do throws(JSONError) {
            document = try JSONParser.parse(Array(data))
        } catch {
            let place = TextPlace(offset: error.offset, in: Array(data))
            throw .wrongUse("the configuration file is not JSON: \(error.what)", at: "\(path):\(place)")
        }
        guard document.objectValue != nil else {
            throw .wrongUse(
                "the configuration file holds \(document.kindName), not an object", at: path,
                do: "write it as {\"kafka\": {…}, …}")
        }
        return document
    }

    private static func properties(of document: JSON, _ path: String) throws(CommandError) -> [String: String]
    {
        guard let properties = document["kafka"]?["properties"] else { return [:] }
        guard let members = properties.objectValue else {
            throw .wrongUse("kafka.properties is \(properties.kindName), not an object", at: path)
        }
        return try flattened(members, below: "", path)
    }

    private static func flattened(
        _ members: [String: JSON], below prefix: String, _ path: String
    ) throws(CommandError) -> [String: String] {
        var result: [String: String] = [:]
        for (name, value) in members {
            switch value {
            case .object(let inner):
                result.merge(try flattened(inner, below: "\(prefix)\(name).", path)) { _, new in new }
            case .string(let text): result[prefix + name] = text
            case .integer, .decimal, .bool: result[prefix + name] = value.jsonText
            case .array, .null:
                throw .wrongUse(
                    "kafka.properties.\(prefix)\(name) is \(value.kindName)", at: path, do: "write it as text"
                )
            }
        }
        return result
    }
}
