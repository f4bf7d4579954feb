// `env:VAR` and `file:PATH`: where an option takes a secret from.

import Foundation

/// Reads secrets, which never stand on a command line, where others can see them.
enum SecretOption {
    private static let sizeLimit = 16_384

    /// The secret, without the line end that editors put behind it.
    ///
    /// - Parameter option: for the errors, which quote no source that doesn't look like one: it may be a secret that was put there by mistake.
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
        // CR LF is one character.
        let line = text.map { $0.last?.isNewline == true ? String($0.dropLast()) : $0 }
        guard let line, !line.isEmpty else {
            throw .failed(
                "\(option): \(place(parts)) is empty or can't be read",
                do: parts[0] == "file"
                    ? "make the file, or correct its path" : "set it, and run the command again")
        }
        guard line.utf8.count <= sizeLimit else {
            throw .failed(
                "\(option): what stands in \(place(parts)) is larger than \(sizeLimit) bytes",
                do: "put the secret there, and nothing else")
        }
        return line
    }

    /// By its name where that looks like one: a shell may have put a secret in its place.
    private static func place(_ parts: [String]) -> String {
        switch parts[0] {
        case "env":
            parts[1].wholeMatch(of: /[A-Z_][A-Z0-9_]{0,60}/) == nil
                ? "the variable (its name is not shown: it looks like none)" : "the variable \(parts[1])"
        default: parts[1].contains { $0 == "/" || $0 == "." } ? "the file \(parts[1])" : "the file"
        }
    }
}
