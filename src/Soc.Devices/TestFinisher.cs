using Soc.Memory;

namespace Soc.Devices;

/// <summary>SiFive's test finisher: one store ends or resets the simulation. Has no state.</summary>
/// <remarks>
/// <code>
/// offset  width   access
/// 0x0     4 or 2  reads 0; write bits 15:0: 0x3333 fail, 0x5555 pass, 0x7777 reset, others ignored; bits 31:16: code
/// </code>
/// The rest of the block reads 0 and ignores writes; other widths are bus errors.
/// </remarks>
/// <param name="sink">Hears the requests.</param>
public sealed class TestFinisher(IFinisherSink sink) : IBusDevice
{
    /// <summary>Bytes of the register block.</summary>
    public const ulong RegionSize = 0x1000;

    /// <inheritdoc/>
    public AccessResult Read(in BusAccess access, out ulong value)
    {
        value = 0;
        return access.Size is 2 or 4 ? AccessResult.Ok : AccessResult.Error;
    }

    /// <inheritdoc/>
    public AccessResult Write(in BusAccess access, ulong value)
    {
        if (access.Size is not (2 or 4))
        {
            return AccessResult.Error;
        }

        FinishKind? kind = (value & 0xFFFF) switch
        {
            0x3333 => FinishKind.Fail,
            0x5555 => FinishKind.Pass,
            0x7777 => FinishKind.Reset,
            _ => null,
        };
        if (access.Offset == 0 && kind is { } wanted)
        {
            int code = access.Size == 4 ? (int)((value >> 16) & 0xFFFF) : 0;
            sink.Finish(wanted, code, access);
        }

        return AccessResult.Ok;
    }
}
