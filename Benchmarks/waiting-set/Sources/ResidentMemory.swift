import Foundation

/// Memory of a process, as the kernel counts it.
enum ResidentMemory {
    /// Bytes of a process that are in memory; 0 where the kernel doesn't say.
    static func bytes(of process: Int32? = nil) -> Int {
        let place = process.map { "/proc/\($0)/statm" } ?? "/proc/self/statm"
        let fields = (try? String(contentsOfFile: place, encoding: .utf8))?.split(separator: " ") ?? []
        return fields.count > 1 ? (Int(fields[1]) ?? 0) * Int(getpagesize()) : 0
    }
}
