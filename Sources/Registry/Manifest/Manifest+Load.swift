// Reads manifests from files.

import Flow
import Foundation

extension Manifest {
    /// Reads files, and all `*.yaml` and `*.yml` of folders with the folders in them, by name; hidden ones are left
    /// out. A file that is found twice is read once.
    ///
    /// - Parameter variables: what `${NAME}` stands for; see `ManifestVariables`.
    /// - Throws: every fault of form in all files, sorted: no such file, not YAML, no known `kind`, no such variable.
    package static func load(paths: [String], variables: [String: String]) throws(Diagnostics) -> Manifest {
        var faults: [Diagnostic] = []
        var documents: [Document] = []
        var seen: Set<String> = []
        for path in paths {
            let (before, known) = (documents.count + faults.count, seen.count)
            let files = files(at: path, &faults)
            defer {
                // A mistyped folder must not look like one whose contents stand in the registry already.
                if documents.count + faults.count == before, seen.count > known || files.isEmpty {
                    faults.append(Diagnostic(file: path, mark: nil, message: Self.nothingFound(in: files)))
                }
            }
            for file in files where seen.insert(URL(fileURLWithPath: file).standardized.path).inserted {
                guard let text = text(of: file, &faults) else { continue }
                do throws(Diagnostics) {
                    documents += try Manifest(yaml: text, file: file, variables: variables).documents
                } catch {
                    faults += error.items
                }
            }
        }
        guard faults.isEmpty else { throw Diagnostics(faults.sorted(by: Diagnostic.isBefore)) }
        return Manifest(documents: documents)
    }

    /// Reads the documents of one text.
    package init(yaml text: String, file: String, variables: [String: String]) throws(Diagnostics) {
        let sink = DiagnosticSink(file: file)
        let variables = ManifestVariables(values: variables)
        documents = try DocumentNode.parse(yaml: text, file: file).compactMap { node in
            let node = variables.apply(to: node, sink)
            return Self.kind(of: node, sink).map { Document(file: file, kind: $0, node: node) }
        }
        try sink.throwIfAny()
    }

    private static func kind(of node: DocumentNode, _ sink: DiagnosticSink) -> Kind? {
        let reader = DocumentReader(node, path: "", sink: sink)
        guard case .map = node.content, let text = reader.string("kind") else { return nil }
        if let kind = Kind(rawValue: text) { return kind }
        let known = Kind.allCases.map(\.rawValue).joined(separator: ", ")
        reader.report("kind: “\(text)” is unknown; one of \(known)", at: node["kind"]?.mark)
        return nil
    }

    private static func files(at path: String, _ faults: inout [Diagnostic]) -> [String] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            faults.append(Diagnostic(file: path, mark: nil, message: "there is no such file or folder"))
            return []
        }
        guard isFolder.boolValue else { return [path] }
        // An enumerator doesn't follow a link, not even the folder that it is given.
        let place = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        guard let found = FileManager.default.enumerator(atPath: place) else {
            faults.append(Diagnostic(file: path, mark: nil, message: "the folder can't be read"))
            return []
        }
        let names = found.compactMap { $0 as? String }.filter { name in
            (name.hasSuffix(".yaml") || name.hasSuffix(".yml"))
                && !name.split(separator: "/").contains { $0.hasPrefix(".") }
        }
        let folder = path.hasSuffix("/") ? path : "\(path)/"
        return names.sorted().map { folder + $0 }
    }

    private static func nothingFound(in files: [String]) -> String {
        files.isEmpty ? "there is no *.yaml or *.yml in it" : "no document stands in it"
    }

    private static func text(of file: String, _ faults: inout [Diagnostic]) -> String? {
        do throws(FileFault) {
            return try text(of: file)
        } catch {
            faults.append(Diagnostic(file: file, mark: nil, message: error.message))
            return nil
        }
    }

    private struct FileFault: Error {
        let message: String
    }

    /// Checks before it reads: a device or a pipe has no end, and may keep the reader waiting.
    private static func text(of file: String) throws(FileFault) -> String {
        let place = URL(fileURLWithPath: file).resolvingSymlinksInPath().path
        // The system's errors say no more than that, in words of their own.
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: place) else {
            throw FileFault(message: "the file can't be read")
        }
        guard attributes[.type] as? FileAttributeType == .typeRegular else {
            throw FileFault(message: "is no regular file, and nothing else is read")
        }
        let size = (attributes[.size] as? NSNumber)?.intValue ?? 0
        guard size <= DocumentNode.sizeLimit else {
            throw FileFault(
                message: "has \(size) bytes, and \(DocumentNode.sizeLimit) are read at most; split the file")
        }
        guard let bytes = FileManager.default.contents(atPath: place) else {
            throw FileFault(message: "the file can't be read")
        }
        guard let text = String(bytes: bytes, encoding: .utf8) else {
            throw FileFault(message: "the file is not UTF-8 text")
        }
        return text
    }
}

extension Diagnostic {
    /// By file, then by place.
    static func isBefore(_ left: Diagnostic, _ right: Diagnostic) -> Bool {
        (left.file, left.mark?.line ?? 0, left.mark?.column ?? 0, left.message)
            < (right.file, right.mark?.line ?? 0, right.mark?.column ?? 0, right.message)
    }
}
