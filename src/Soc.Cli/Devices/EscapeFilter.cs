namespace Soc.Cli.Devices;

/// <summary>
/// Takes commands to the simulator out of what is typed, as users of QEMU know them: Ctrl-A x leaves, Ctrl-A h shows the harts, Ctrl-A Ctrl-A is one
/// Ctrl-A, Ctrl-A with anything else says what there is.
/// </summary>
/// <param name="leave">Ends the run.</param>
/// <param name="showHarts">Shows the harts' states.</param>
/// <param name="help">Shows the commands.</param>
internal sealed class EscapeFilter(Action leave, Action showHarts, Action help)
{
    private const byte Escape = 1;
    private bool _escaped;

    /// <summary>What of the typed bytes is for the guest.</summary>
    public byte[] Filter(ReadOnlySpan<byte> typed)
    {
        List<byte> forGuest = [];
        foreach (byte value in typed)
        {
            if (!_escaped)
            {
                _escaped = value == Escape;
                if (!_escaped)
                {
                    forGuest.Add(value);
                }

                continue;
            }

            _escaped = false;
            switch (value)
            {
                case Escape:
                    forGuest.Add(value);
                    break;
                case (byte)'x' or (byte)'X':
                    leave();
                    break;
                case (byte)'h' or (byte)'H':
                    showHarts();
                    break;
                default:
                    help();
                    break;
            }
        }

        return [.. forGuest];
    }
}
