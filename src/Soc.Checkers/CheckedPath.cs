using Soc.Memory;

namespace Soc.Checkers;

/// <summary>
/// Judges every access by itself, with its real address and size, under the current snapshot, and then performs it
/// downstream or refuses it. It keeps no state, so every initiator may call it at any time.
/// </summary>
/// <remarks>
/// A checker answers with this device where no direct path can do justice: where the verdict depends on the size of the
/// access, or where a permitted transaction leaves with other attributes.
/// </remarks>
/// <param name="port">The port whose accesses come here.</param>
public class CheckedPath(CheckerPort port) : IBusDevice
{
    /// <inheritdoc/>
    public AccessResult Read(in BusAccess access, out ulong value)
    {
        ulong address = port.BaseAddress + access.Offset;
        Verdict verdict = port.Judge(access, address);
        if (verdict.Permitted)
        {
            return Suspended(port.Downstream.Read(access.Initiator, address, access.Size, access.Kind, verdict.Outgoing ?? access.Attributes, out value));
        }

        value = verdict.BusError ? 0 : verdict.Data & (ulong.MaxValue >> (64 - (8 * access.Size)));
        return Refuse(access, address, verdict);
    }

    /// <inheritdoc/>
    public AccessResult Write(in BusAccess access, ulong value)
    {
        ulong address = port.BaseAddress + access.Offset;
        Verdict verdict = port.Judge(access, address);
        return verdict.Permitted
            ? Suspended(port.Downstream.Write(access.Initiator, address, access.Size, verdict.Outgoing ?? access.Attributes, value))
            : Refuse(access, address, verdict);
    }

    // Another actor owns the target and a device cannot suspend its caller: nothing was performed, and that must be seen.
    private static AccessResult Suspended(AccessResult result) =>
        (result & AccessResult.Pending) == 0 ? result : (result & ~AccessResult.Pending) | AccessResult.Error;

    private AccessResult Refuse(in BusAccess access, ulong address, in Verdict verdict)
    {
        port.OnRefused(access, address);
        port.Checker.Violations?.Report(new Violation(
            port.Checker.AgentId, address, access.Size, access.Attributes, access.Kind, verdict.BusError, verdict.Interrupt, verdict.Detail,
            access.Initiator.InitiatorId, access.Initiator.Now));
        return verdict.BusError ? AccessResult.Error : AccessResult.Ok;
    }
}
