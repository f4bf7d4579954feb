import NIOCore
import NIOHTTP1
import NIOSSL

extension HTTPFault {
    /// What an error of the channel means for the request that it hits.
    init(_ error: any Error, isWithinAnswer: Bool) {
        switch error {
        case let fault as HTTPFault: self = fault
        case HTTPParserError.invalidEOFState, HTTPParserError.closedConnection:
            self = .closed(isWithinAnswer: isWithinAnswer)
        case HTTPParserError.headerOverflow: self = .malformed("its headers are too large")
        case let error as HTTPParserError: self = .malformed("\(error)")
        case is NIOHTTPDecoderError: self = .malformed("nobody asked for it")
        case let error as NIOSSLExtraError where error == .failedToValidateHostname:
            self = .insecure("the certificate is for another host")
        case let error as NIOSSLError: self = .insecure(Self.words(error))
        case is BoringSSLError: self = .insecure("TLS failed")
        case is IOError, is ChannelError: self = .closed(isWithinAnswer: isWithinAnswer)
        default: self = .malformed("\(type(of: error))")
        }
    }

    private static func words(_ error: NIOSSLError) -> String {
        switch error {
        case .handshakeFailed(let cause) where "\(cause)".contains("CERTIFICATE_VERIFY_FAILED"):
            "the certificate can't be verified"
        case .unableToValidateCertificate: "the certificate can't be verified"
        case .handshakeFailed: "the TLS handshake failed"
        default: "TLS failed"
        }
    }
}
