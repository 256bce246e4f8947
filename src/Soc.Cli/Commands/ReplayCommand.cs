using System.CommandLine;
using Soc.Actors;
using Soc.Actors.Input;
using Soc.Actors.Recording;
using Soc.Cli.Devices;
using Soc.Cli.Output;
using Soc.Topology;

namespace Soc.Cli.Commands;

/// <summary><c>soc replay FILE</c>: repeats a recorded run and says whether the events are the same.</summary>
internal static class ReplayCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "Recipe that 'soc run --record' wrote." };
        var command = new Command("replay", "Repeats a recorded run: exit code 0 when every event is the same, 1 at the first that is not.") { file };
        command.SetAction(result => Execute(result.GetValue(file)!));
        return command;
    }

    private static int Execute(string file)
    {
        Recipe recipe;
        SocTopology topology;
        try
        {
            recipe = RecipeFile.Read(file);
            topology = RecipePlayer.Load(file, recipe);
        }
        catch (Exception exception) when (exception is RecipeException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(exception.Message.ReplaceLineEndings(" "));
            return ExitCode.BadInput;
        }

        using var interrupt = new InterruptSource();
        var verifier = new RunVerifier(recipe, RecipePlayer.AgentsOf(topology));
        RunResult run;
        using (Stream console = Console.OpenStandardOutput())
        {
            run = SocRunner.Run(
                topology,
                new RunOptions { Console = console, TimeLimit = recipe.TimeLimit, Sanitize = recipe.Sanitize, Observer = verifier, OpenDisk = FileBacking.Open, Input = new RecordedInput(recipe.Inputs) },
                interrupt.Token);
        }

        if (interrupt.Token.IsCancellationRequested)
        {
            Console.Out.WriteLine($"{file}: interrupted; {verifier.Verified} of {recipe.End.Events} events were the same");
            return RunEnd.InterruptedExitCode;
        }

        if (verifier.Verdict(run) is { } difference)
        {
            Console.Out.WriteLine($"{file}: different: {difference}");
            return RunEnd.DivergedExitCode;
        }

        Console.Out.WriteLine(
            $"{file}: the same {Units.Count(verifier.Verified)} events, {Units.Count(recipe.End.Turns)} turns and {Units.Count(run.Summary.Harts.Aggregate(0UL, (sum, hart) => sum + hart.Instructions))} "
            + $"instructions; {topology.Name}, seed {topology.Seed}: {run.Summary.Outcome} (exit code {run.End.ExitCode})");
        return ExitCode.Success;
    }
}
