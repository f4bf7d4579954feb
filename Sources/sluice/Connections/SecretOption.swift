// `env:VAR` and `file:PATH`: where an option takes a secret from.

import Foundation

/// Reads secrets, which never stand on a command line, where others can see them.
enum SecretOption {
    private static let sizeLimit = 16_384

    /// The secret, without the line end that editors put behind it.
    ///
    /// - Parameter option: for the errors, which never quote the source: it may be a secret that was put there by mistake.
    static func read(
        _ source: String, _ option: String,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(CommandError) -> String {
        let parts = source.split(separator: ":", maxSplits: 1).map(String.init)
        let text: String?
        switch parts.first {
        case "env"? where parts.count == 2: text = environment[parts[1]]
        case "file"? where parts.count == 2:
            text = FileManager.default.contents(atPath: parts[1]).flatMap {
                String(validating: $0, as: UTF8.self)
            }
        default:
            throw .wrongUse(
                "\(option): env:VARIABLE or file:PATH should stand here, no secret itself",
                do: "put the secret into a variable or a file")
        }
        let line = text?.hasSuffix("\n") == true ? text.map { String($0.dropLast()) } : text
        guard let line, !line.isEmpty else {
            throw .failed(
                "\(option): the \(parts[0] == "env" ? "variable" : "file") \(parts[1]) is empty or can't be read",
                do: "set it, and run the command again")
        }
        guard line.utf8.count <= sizeLimit else {
            throw .failed(
                "\(option): what stands in \(parts[1]) is larger than \(sizeLimit) bytes",
                do: "put the secret there, and nothing else")
        }
        return line
    }
}
